import { invalidArgument } from "../errors/engine-error.ts";

/** Where to listen, or where to connect: the values of `-H` and DOCKER_HOST. */
export type ListenAddress =
  | { readonly kind: "unix"; readonly path: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  /** Sockets handed over by systemd: all of them, one by number, or one by its name. */
  | { readonly kind: "fd"; readonly which: string };

export function parseListenAddress(text: string, tls: boolean): ListenAddress {
  const match = /^(unix|tcp|fd):\/\/(.*)$/s.exec(text);
  const rest = match?.[2] ?? "";
  switch (match?.[1]) {
    case "unix":
      return { kind: "unix", path: rest || "/var/run/docker.sock" };
    case "fd":
      return { kind: "fd", which: rest === "" ? "*" : rest };
    case "tcp":
      return parseTcp(text, rest, tls);
    default:
      throw invalidArgument(
        `invalid bind address ${JSON.stringify(text)}: must be unix://PATH, tcp://HOST:PORT or fd://`,
      );
  }
}

function parseTcp(text: string, rest: string, tls: boolean): ListenAddress {
  const port = tls ? 2376 : 2375;
  const match = /^(\[[0-9a-fA-F:.]+\]|[^:/[\]]*)(?::(\d*))?\/?$/.exec(rest);
  if (!match) throw invalidArgument(`invalid bind address ${JSON.stringify(text)}`);
  const host = (match[1] ?? "").replace(/^\[|\]$/g, "") || "127.0.0.1";
  const given = match[2] ? Number(match[2]) : port;
  if (given > 65535) throw invalidArgument(`invalid port in ${JSON.stringify(text)}`);
  return { kind: "tcp", host, port: given };
}
