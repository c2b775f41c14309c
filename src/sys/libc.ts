import { dlopen, type FFIFunction, type Library, read } from "bun:ffi";
import { constants } from "node:os";
import { EngineError, type ErrorKind } from "../errors/engine-error.ts";
import { bytesFromText } from "../lib/byte-text.ts";

/**
 * The C library. Each file of this room names the few functions it needs; they are
 * bound on first use, so that a start pays for nothing it does not call. Calls are
 * synchronous and block the event loop: only short ones belong here.
 */
export function bindLibc<const Symbols extends Record<string, FFIFunction>>(
  symbols: Symbols,
): () => Library<Symbols>["symbols"] {
  let library: Library<Symbols> | undefined;
  return () => {
    library ??= dlopen("libc.so.6", symbols);
    return library.symbols;
  };
}

const errnoLocation = bindLibc({ __errno_location: { args: [], returns: "ptr" } });

/** errno of the last call; read it at once, before anything else can run. */
export function errno(): number {
  const location = errnoLocation().__errno_location();
  return location === null ? 0 : read.i32(location, 0);
}

const errnoNames = new Map(Object.entries(constants.errno).map(([name, code]) => [code, name]));

export function errnoName(code: number): string {
  return errnoNames.get(code) ?? `errno ${code}`;
}

const kinds: Readonly<Record<string, ErrorKind>> = {
  ENOENT: "not_found",
  ESRCH: "not_found",
  EEXIST: "conflict",
  EBUSY: "conflict",
  EADDRINUSE: "conflict",
  EINVAL: "invalid_argument",
  ENOTDIR: "invalid_argument",
  ENAMETOOLONG: "invalid_argument",
  EPERM: "forbidden",
  EACCES: "forbidden",
};

/** An errno as an error of the house; `code` stays readable as `cause.code`. */
export function kernelError(action: string, code: number): EngineError {
  const name = errnoName(code);
  return new EngineError(kinds[name] ?? "internal", `${action}: ${name}`, { code: name, errno: code });
}

/** Throws for a negative result of a C call, turning errno into a kind; otherwise gives it back. */
export function checked(action: string, result: number): number {
  if (result < 0) throw kernelError(action, errno());
  return result;
}

/** A NUL-terminated string for a C call; names may be any bytes (see lib/byte-text). */
export function cString(text: string): Uint8Array {
  return bytesFromText(`${text}\0`);
}
