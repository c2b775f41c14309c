import { cc } from "bun:ffi";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cString, kernelError } from "./libc.ts";
import source from "./namespace-calls.c" with { type: "text" };

function compile() {
  // The compiler reads files only, and none that are packed into an executable.
  const directory = mkdtempSync(join(tmpdir(), "hull-"));
  try {
    const file = join(directory, "namespace-calls.c");
    writeFileSync(file, source);
    return cc({
      source: file,
      symbols: {
        socket_in_namespace: { args: ["i32", "i32", "i32", "i32"], returns: "i32" },
        create_namespace: { args: ["ptr", "i32", "i32", "i32"], returns: "i32" },
      },
    }).symbols;
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
    const fd = calls().socket_in_namespace(space, family, type, protocol);
    if (fd < 0) throw kernelError(`open a socket in network namespace "${path}"`, -fd);
    return fd;
  } finally {
    closeSync(space);
  }
}

/** Binds a new network namespace to the file `path` and gives a socket in it. */
export function createNamespace(path: string, { family, type, protocol }: SocketKind): number {
  const fd = calls().create_namespace(cString(path), family, type, protocol);
  if (fd < 0) throw kernelError(`make network namespace "${path}"`, -fd);
  return fd;
}
