import { cc } from "bun:ffi";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bindLibc, cString, kernelError } from "./libc.ts";
import source from "./namespace-calls.c" with { type: "text" };

const functions = bindLibc({
  open: { args: ["ptr", "i32"], returns: "i32" },
  close: { args: ["i32"], returns: "i32" },
  setns: { args: ["i32", "i32"], returns: "i32" },
  unshare: { args: ["i32"], returns: "i32" },
  socket: { args: ["i32", "i32", "i32"], returns: "i32" },
  mount: { args: ["ptr", "ptr", "ptr", "u64", "ptr"], returns: "i32" },
  __errno_location: { args: [], returns: "ptr" },
  abort: { args: [], returns: "void" },
  write: { args: ["i32", "ptr", "usize"], returns: "i64" },
});

/** `struct libc` of the C source: the addresses, in its order. */
function addresses(): BigUint64Array {
  const { open, close, setns, unshare, socket, mount, __errno_location, abort, write } = functions();
  const table = [open, close, setns, unshare, socket, mount, __errno_location, abort, write].map(addressOf);
  return BigUint64Array.from(table);
}

/** Bun keeps it on the function it makes for JavaScript. */
function addressOf(bound: object): bigint {
  const address: unknown = Reflect.get(bound, "ptr");
  if (typeof address !== "number" && typeof address !== "bigint") {
    throw new Error("this Bun does not tell the address of a function of the C library");
  }
  return BigInt(address);
}

function compile() {
  // The compiler reads files only, and none that are packed into an executable.
  const directory = mkdtempSync(join(tmpdir(), "hull-"));
  try {
    const file = join(directory, "namespace-calls.c");
    writeFileSync(file, source);
    const { symbols } = cc({
      source: file,
      flags: "-nostdlib",
      symbols: {
        socket_in_namespace: { args: ["ptr", "i32", "i32", "i32", "i32"], returns: "i32" },
        create_namespace: { args: ["ptr", "ptr", "i32", "i32", "i32"], returns: "i32" },
        write_in_namespace: { args: ["ptr", "i32", "ptr", "ptr", "i32"], returns: "i32" },
      },
    });
    return { libc: addresses(), symbols };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

let compiled: ReturnType<typeof compile> | undefined;

/** Compiles the calls ahead of their first use (4 ms), so that no container waits for it. */
export function warmNamespaceCalls(): void {
  compiled ??= compile();
}

const calls = () => {
  compiled ??= compile();
  return compiled;
};

export interface SocketKind {
  readonly family: number;
  readonly type: number;
  readonly protocol: number;
}

/** The file descriptor of a new socket in the network namespace kept at `path`. */
export function socketInNamespace(path: string, { family, type, protocol }: SocketKind): number {
  const space = openSync(path, "r");
  try {
    const { libc, symbols } = calls();
    const fd = symbols.socket_in_namespace(libc, space, family, type, protocol);
    if (fd < 0) throw kernelError(`open a socket in network namespace "${path}"`, -fd);
    return fd;
  } finally {
    closeSync(space);
  }
}

/** Binds a new network namespace to the file `path` and gives a socket in it. */
export function createNamespace(path: string, { family, type, protocol }: SocketKind): number {
  const { libc, symbols } = calls();
  const fd = symbols.create_namespace(libc, cString(path), family, type, protocol);
  if (fd < 0) throw kernelError(`make network namespace "${path}"`, -fd);
  return fd;
}

/** Writes files below /proc/sys/net of the network namespace kept at `path`. */
export function writeInNamespace(
  path: string,
  files: readonly (readonly [file: string, text: string])[],
): void {
  const space = openSync(path, "r");
  try {
    const { libc, symbols } = calls();
    for (const [file, text] of files) {
      const data = Buffer.from(text);
      const written = symbols.write_in_namespace(libc, space, cString(file), data, data.length);
      if (written < 0)
        throw kernelError(`write "${text}" to "${file}" in network namespace "${path}"`, -written);
    }
  } finally {
    closeSync(space);
  }
}
