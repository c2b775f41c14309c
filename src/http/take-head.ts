import { messageOf } from "../errors/engine-error.ts";
import { mayBeginRequest, parseRequestHead, type RequestHead } from "./request-head.ts";

/** What stands at the beginning of what a client sent; `rest` is what is left to be understood. */
type Taken =
  | { readonly kind: "partial"; readonly rest: Buffer }
  | { readonly kind: "head"; readonly head: RequestHead; readonly rest: Buffer }
  | { readonly kind: "refused"; readonly status: 400 | 431; readonly message: string };

export function takeHead(received: Buffer, longest: number): Taken {
  let rest = received;
  // RFC 9112 section 2.2: empty lines before a request are skipped.
  while (rest[0] === 13 || rest[0] === 10) rest = rest.subarray(1);
  const end = rest.indexOf("\r\n\r\n");
  if (end > longest || (end === -1 && rest.length > longest)) {
    return { kind: "refused", status: 431, message: "request header too large" };
  }
  if (end === -1) {
    // A client that begins a TLS handshake would wait for ever; told off, it tries plain HTTP or says why.
    if (rest.length === 0 || mayBeginRequest(rest)) return { kind: "partial", rest };
    return { kind: "refused", status: 400, message: "malformed HTTP request" };
  }
  try {
    const head = parseRequestHead(rest.toString("latin1", 0, end));
    return { kind: "head", head, rest: rest.subarray(end + 4) };
  } catch (error) {
    return { kind: "refused", status: 400, message: messageOf(error) };
  }
}
