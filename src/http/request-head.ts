import { invalidArgument } from "../errors/engine-error.ts";

/** The first line and the headers of a request; header names are in lower case. */
export interface RequestHead {
  readonly method: string;
  readonly target: string;
  /** The minor version of HTTP/1.x. */
  readonly minor: number;
  readonly headers: ReadonlyMap<string, string>;
}

/** Where the body of a request ends. */
export type BodyLength = { kind: "none" } | { kind: "fixed"; bytes: number } | { kind: "chunked" };

const requestLine = /^([A-Z]+) (\S+) HTTP\/1\.([01])$/;
const headerLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/;

/** Methods are words in capital letters: what begins otherwise is something else, a TLS handshake for example. */
export function mayBeginRequest(bytes: Uint8Array): boolean {
  const first = bytes[0] ?? 0;
  return first >= 65 && first <= 90;
}

/** Parses everything before the empty line. Throws for what is not HTTP/1.x. */
export function parseRequestHead(text: string): RequestHead {
  const lines = text.split("\r\n");
  const first = requestLine.exec(lines[0] ?? "");
  if (!first) throw invalidArgument("malformed HTTP request");
  const headers = new Map<string, string>();
  for (let index = 1; index < lines.length; index++) {
    const match = headerLine.exec(lines[index] ?? "");
    if (!match) throw invalidArgument("malformed HTTP header");
    const name = (match[1] ?? "").toLowerCase();
    const value = match[2] ?? "";
    const before = headers.get(name);
    if (
      before !== undefined &&
      (name === "content-length" || name === "transfer-encoding") &&
      before !== value
    ) {
      throw invalidArgument(`conflicting ${name} headers`);
    }
    headers.set(name, before === undefined || before === value ? value : `${before}, ${value}`);
  }
  return { method: first[1] ?? "", target: first[2] ?? "", minor: Number(first[3]), headers };
}

/** RFC 9112 section 6.3: chunked wins; both at once is an attack or a bug and is refused. */
export function bodyLengthOf(head: RequestHead): BodyLength {
  const encoding = head.headers.get("transfer-encoding");
  const length = head.headers.get("content-length");
  if (encoding !== undefined) {
    if (length !== undefined) throw invalidArgument("both Content-Length and Transfer-Encoding are set");
    if (encoding.toLowerCase() !== "chunked") {
      throw invalidArgument(`unsupported transfer encoding: ${JSON.stringify(encoding)}`);
    }
    return { kind: "chunked" };
  }
  if (length === undefined) return { kind: "none" };
  if (!/^\d{1,15}$/.test(length)) throw invalidArgument(`bad Content-Length: ${JSON.stringify(length)}`);
  return length === "0" ? { kind: "none" } : { kind: "fixed", bytes: Number(length) };
}

/** True when a comma-separated header such as `Connection` holds this word. */
/** Whether the client wants to send another request on this connection. */
export function wantsKeepAlive({ minor, headers }: RequestHead): boolean {
  return minor === 1 && !hasToken(headers.get("connection"), "close");
}

export function hasToken(header: string | undefined, word: string): boolean {
  return header?.split(",").some((part) => part.trim().toLowerCase() === word) ?? false;
}
