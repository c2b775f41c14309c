import { invalidArgument } from "../errors/engine-error.ts";

/** A place the engine listens at, as `-H` names it. */
export type HostAddress =
  | { readonly kind: "unix"; readonly path: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  /** Sockets passed in by a service manager; an empty name means all of them. */
  | { readonly kind: "fd"; readonly name: string };

const plainPort = 2375;
const tlsPort = 2376;

export function parseHostAddress(text: string, tls: boolean): HostAddress {
  const bad = () => invalidArgument(`Invalid bind address format: ${text}`);
  const trimmed = text.trim();
  const [, scheme = "tcp", rest = ""] = /^(?:([a-z]+):\/\/)?(.*)$/s.exec(trimmed) ?? [];
  switch (scheme) {
    case "unix":
      if (!rest.startsWith("/")) throw bad();
      return { kind: "unix", path: rest };
    case "fd":
      return { kind: "fd", name: rest === "*" ? "" : rest };
    case "tcp": {
      if (trimmed === "" || rest.includes("/")) throw bad();
      const parts = /^(\[[0-9a-fA-F:.]+\]|[^:[\]]*)(?::(\d+))?$/.exec(rest);
      if (!parts) throw bad();
      const port = parts[2] === undefined ? (tls ? tlsPort : plainPort) : Number(parts[2]);
      if (port > 65535) throw bad();
      const host = (parts[1] ?? "").replace(/^\[|\]$/g, "");
      return { kind: "tcp", host: host === "" || host === "localhost" ? "127.0.0.1" : host, port };
    }
    default:
      throw bad();
  }
}

export function formatHostAddress(address: HostAddress): string {
  switch (address.kind) {
    case "unix":
      return `unix://${address.path}`;
    case "fd":
      return `fd://${address.name}`;
    case "tcp":
      return `tcp://${address.host.includes(":") ? `[${address.host}]` : address.host}:${address.port}`;
    default:
      throw address satisfies never;
  }
}

/** Loopback only: an address that other machines cannot reach. */
export function isLoopback(address: HostAddress): boolean {
  return address.kind !== "tcp" || /^127\.|^::1$/.test(address.host);
}

/**
 * The descriptors a service manager passed in (socket activation): numbered from 3, named
 * in LISTEN_FDNAMES, ours only when LISTEN_PID is this process.
 */
export function activatedSockets(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
  pid: number,
): number[] {
  if (Number(env.LISTEN_PID) !== pid) {
    throw invalidArgument(
      `no sockets found via socket activation: make sure the service was started by a service manager`,
    );
  }
  const names = (env.LISTEN_FDNAMES ?? "").split(":");
  const all = Array.from({ length: Number(env.LISTEN_FDS) || 0 }, (_, index) => index + 3);
  const found = name === "" ? all : all.filter((fd) => names[fd - 3] === name || String(fd) === name);
  if (found.length === 0) throw invalidArgument(`no socket named ${JSON.stringify(name)} was passed in`);
  return found;
}
