import { invalidArgument } from "../../errors/engine-error.ts";

export interface RegistryAddress {
  /** `host` or `host:port`, as in image names and below certs.d. */
  readonly host: string;
  /** Without port and brackets. */
  readonly hostname: string;
}

const dockerHub = "registry-1.docker.io";
const hubNames: ReadonlySet<string> = new Set(["", "docker.io", "index.docker.io", dockerHub]);

/**
 * The registry behind what a client names: `host[:port]`, or an address with scheme and path,
 * as old clients keep it. Docker Hub has an index address of its own.
 */
export function parseRegistryAddress(text: string): RegistryAddress {
  const rest = text.trim().replace(/^https?:\/\//i, "");
  const authority = rest.replace(/[/?#].*$/s, "");
  if (rest !== "" && authority === "") throw wrong(text, "no host");
  if (hubNames.has(authority.toLowerCase())) return { host: dockerHub, hostname: dockerHub };
  // Not repeated in the message: it may hold a password.
  if (authority.includes("@")) {
    throw invalidArgument("unable to parse server address: it must not contain a user name or password");
  }
  const match = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9_.-]+)(?::(.*))?$/s.exec(authority);
  // Only dots: no host, but a place in the directory tree where certificates are looked for.
  if (!match || /^\.+$/.test(match[1] ?? "")) throw wrong(text, "invalid host name");
  const [, name = "", port] = match;
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) > 0 && Number(port) <= 65535)) {
    throw wrong(text, `invalid port ${JSON.stringify(`:${port}`)} after host`);
  }
  return { host: authority, hostname: name.replace(/^\[|\]$/g, "") };
}

function wrong(text: string, why: string) {
  return invalidArgument(`unable to parse server address: parse ${JSON.stringify(text)}: ${why}`);
}
