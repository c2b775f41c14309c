import { internal } from "../../errors/engine-error.ts";

/** What a registry asks for before it lets a request through (RFC 7235, distribution token spec). */
export type Challenge =
  | { readonly scheme: "basic"; readonly realm: string }
  | {
      readonly scheme: "bearer";
      readonly realm: string;
      readonly service: string;
      readonly scopes: string[];
      /** Why a shown token was not enough (RFC 6750): `insufficient_scope`, `invalid_token`. */
      readonly error?: { readonly code: string; readonly description: string };
    }
  | { readonly scheme: "other"; readonly name: string };

interface Piece {
  readonly name: string;
  readonly parameters: Map<string, string>;
}

const token = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
const token68 = /[A-Za-z0-9\-._~+/]+=*(?=\s*(?:,|$))/y;
const quoted = /"((?:[^"\\]|\\[\s\S])*)"/y;
const space = /[ \t]*/y;

/**
 * All challenges of a `WWW-Authenticate` header; several headers come joined by commas.
 * A header that breaks the grammar is refused as a whole: a half-understood challenge could
 * send a password somewhere else than meant.
 */
export function parseChallenges(header: string): Challenge[] {
  return splitChallenges(header).map(({ name, parameters }) => {
    const scheme = name.toLowerCase();
    if (scheme === "basic") return { scheme, realm: parameters.get("realm") ?? "" };
    if (scheme !== "bearer") return { scheme: "other", name };
    const realm = parameters.get("realm") ?? "";
    if (realm === "") throw internal("no realm specified for token auth challenge");
    const scopes = (parameters.get("scope") ?? "").split(" ").filter(Boolean);
    const code = parameters.get("error");
    const error = code && { code, description: parameters.get("error_description") ?? "" };
    return { scheme, realm, service: parameters.get("service") ?? "", scopes, ...(error && { error }) };
  });
}

function splitChallenges(header: string): Piece[] {
  const scan = new Scanner(header);
  const pieces: Piece[] = [];
  scan.skipCommas();
  while (!scan.atEnd) {
    const name = scan.take(token) ?? scan.fail();
    const parameters = new Map<string, string>();
    pieces.push({ name, parameters });
    const spaced = scan.skipSpace() > 0;
    if (spaced && scan.peekParameter()) readParameters(scan, parameters);
    else if (spaced) scan.take(token68);
    if (!scan.atEnd && !scan.skipCommas()) scan.fail();
  }
  return pieces;
}

/** `name=value` pairs up to the end or to the next scheme, which is a token without `=`. */
function readParameters(scan: Scanner, parameters: Map<string, string>): void {
  for (;;) {
    const name = (scan.take(token) ?? scan.fail()).toLowerCase();
    scan.skipSpace();
    scan.expect("=");
    scan.skipSpace();
    const value = scan.takeQuoted() ?? scan.take(token) ?? scan.fail();
    if (parameters.has(name)) scan.fail();
    parameters.set(name, value);
    const before = scan.position;
    scan.skipSpace();
    if (scan.atEnd) return;
    if (!scan.skipCommas()) scan.fail();
    if (!scan.peekParameter()) {
      scan.position = before;
      return;
    }
  }
}

class Scanner {
  readonly #text: string;
  position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.position >= this.#text.length;
  }

  take(pattern: RegExp): string | undefined {
    return this.#match(pattern)?.[0];
  }

  takeQuoted(): string | undefined {
    return this.#match(quoted)?.[1]?.replace(/\\([\s\S])/g, "$1");
  }

  skipSpace(): number {
    return this.take(space)?.length ?? 0;
  }

  /** Whether there was one; empty list elements are allowed by the RFC. */
  skipCommas(): boolean {
    const run = /^[ \t,]*/.exec(this.#text.slice(this.position))?.[0] ?? "";
    this.position += run.length;
    return run.includes(",");
  }

  expect(character: string): void {
    if (this.#text[this.position] !== character) this.fail();
    this.position++;
  }

  peekParameter(): boolean {
    return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+[ \t]*=[ \t]*[^=, \t]/.test(this.#text.slice(this.position));
  }

  fail(): never {
    throw internal(`malformed WWW-Authenticate header ${JSON.stringify(this.#text)}`);
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.position;
    const match = pattern.exec(this.#text);
    if (match) this.position = pattern.lastIndex;
    return match;
  }
}
