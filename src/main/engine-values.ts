import { isIP } from "node:net";
import { parseInteger } from "../cli/flags/numbers.ts";
import { invalidArgument } from "../errors/engine-error.ts";
import type { Ulimit } from "../records/container-config.ts";

/** A range that networks get their subnets from: blocks of `/size` out of `base`. */
export interface AddressPool {
  readonly base: string;
  readonly size: number;
}

export interface RuntimePath {
  readonly path: string;
  readonly args: readonly string[];
}

/** Parsers of single engine settings: text in, checked value out, a sentence otherwise. */

export function oneOf<const T extends string>(words: readonly T[], sentence: (text: string) => string) {
  return (text: string): T => {
    const found = words.find((word) => word === text);
    if (found === undefined) throw invalidArgument(sentence(text));
    return found;
  };
}

export function nonNegative(text: string): number {
  const value = parseInteger(text);
  if (value < 0) throw invalidArgument(`must not be negative: ${text}`);
  return value;
}

export function positive(text: string): number {
  const value = parseInteger(text);
  if (value < 1) throw invalidArgument(`must be at least 1: ${text}`);
  return value;
}

export function ipAddress(text: string): string {
  const trimmed = text.trim();
  if (isIP(trimmed) === 0) throw invalidArgument(`${text} is not an ip address`);
  return trimmed;
}

export function cidr(text: string): string {
  const [address = "", prefix = "", ...rest] = text.split("/");
  const family = isIP(address);
  const bits = /^\d{1,3}$/.test(prefix) ? Number(prefix) : -1;
  if (family === 0 || rest.length > 0 || bits < 0 || bits > (family === 4 ? 32 : 128)) {
    throw invalidArgument(`invalid CIDR address: ${text}`);
  }
  return text;
}

/** The kernel's limit: 15 bytes, no slash, no space, not a dot path. */
export function interfaceName(text: string): string {
  if (!/^[^\s/:]{1,15}$/.test(text) || text === "." || text === "..") {
    throw invalidArgument(
      `${JSON.stringify(text)} is not an interface name (at most 15 characters, no space, no slash)`,
    );
  }
  return text;
}

export function keyValue(text: string): string {
  if (!/^[^=]+=/s.test(text)) throw invalidArgument(`bad attribute format: ${text}`);
  return text;
}

export function searchDomain(text: string): string {
  const trimmed = text.trim();
  if (trimmed === ".") return trimmed;
  if (
    !/^[\p{L}\p{N}_]([\p{L}\p{N}_-]*)(\.[\p{L}\p{N}_][\p{L}\p{N}_-]*)*\.?$/u.test(trimmed) ||
    trimmed.length > 254
  ) {
    throw invalidArgument(`${text} is not a valid domain`);
  }
  return trimmed;
}

/** A registry as host[:port] or a network of registries. */
export function addressOrNetwork(text: string): string {
  if (text.includes("://")) throw invalidArgument(`insecure registry ${text} should not contain '://'`);
  if (text.startsWith("-") || text.endsWith("-")) {
    throw invalidArgument(`invalid index name (${text}). Cannot begin or end with a hyphen`);
  }
  if (text.includes("/")) return cidr(text);
  return text;
}

export function url(text: string): string {
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  if (!parsed) throw invalidArgument(`invalid mirror: ${JSON.stringify(text)} is not a valid URI`);
  if (parsed.protocol !== "http:" && parsed.protocol !== "https:") {
    throw invalidArgument(
      `invalid mirror: unsupported scheme ${JSON.stringify(parsed.protocol.slice(0, -1))} in ${JSON.stringify(text)}: must use either 'https://' or 'http://'`,
    );
  }
  if (parsed.search !== "" || parsed.hash !== "") {
    throw invalidArgument(`invalid mirror: query or fragment at end of the URI ${JSON.stringify(text)}`);
  }
  return text.endsWith("/") ? text : `${text}/`;
}

/** `base=10.10.0.0/16,size=24` */
export function pool(text: string): AddressPool {
  const fields = new Map(
    text.split(",").map((part) => {
      const at = part.indexOf("=");
      if (at < 0) throw invalidArgument(`${part} is not a key=value pair`);
      return [part.slice(0, at).trim(), part.slice(at + 1).trim()] as const;
    }),
  );
  for (const key of fields.keys()) {
    if (key !== "base" && key !== "size") throw invalidArgument(`unexpected key '${key}' in '${text}'`);
  }
  return checkedPool(fields.get("base") ?? "", parseInteger(fields.get("size") ?? ""));
}

export function checkedPool(base: string, size: number): AddressPool {
  cidr(base);
  const prefix = Number(base.split("/")[1]);
  if (!Number.isInteger(size) || size < prefix || size > (base.includes(":") ? 128 : 30)) {
    throw invalidArgument(`invalid pool: subnets of /${size} do not fit into ${base}`);
  }
  return { base, size };
}

/** `name=path` */
export function runtime(text: string): Record<string, RuntimePath> {
  const at = text.indexOf("=");
  const name = text.slice(0, at).trim();
  const path = text.slice(at + 1).trim();
  if (at < 1 || name === "" || path === "") throw invalidArgument(`invalid runtime format: ${text}`);
  return checkedRuntime(name, path, []);
}

export function checkedRuntime(
  name: string,
  path: string,
  args: readonly string[],
): Record<string, RuntimePath> {
  if (name === "runc" || name === "crun") throw invalidArgument(`runtime name '${name}' is reserved`);
  return { [name]: { path, args } };
}

const ulimitNames =
  "core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack".split(
    " ",
  );

/** `nofile=1024:2048` */
export function ulimit(text: string): Ulimit {
  const [, name = "", soft = "", hard = soft] = /^([^=]*)=([^:]*)(?::(.*))?$/.exec(text) ?? [];
  if (name === "" || soft === "") throw invalidArgument(`invalid ulimit argument: ${text}`);
  return checkedUlimit(name, parseInteger(soft), parseInteger(hard));
}

export function checkedUlimit(name: string, soft: number, hard: number): Ulimit {
  if (!ulimitNames.includes(name)) throw invalidArgument(`invalid ulimit type: ${name}`);
  if (hard !== -1 && (soft > hard || soft === -1)) {
    throw invalidArgument(`ulimit soft limit must be less than or equal to hard limit: ${soft} > ${hard}`);
  }
  return { Name: name, Soft: soft, Hard: hard };
}

/** Docker's sizes: `64m`, `1.5g`, `512kb`; units are powers of 1024. */
export function bytes(text: string): number {
  const parts = /^(\d+(?:\.\d+)?) ?([kmgtp]?)(?:i?b)?$/i.exec(text.trim());
  if (!parts) throw invalidArgument(`invalid size: '${text}'`);
  const power = ["", "k", "m", "g", "t", "p"].indexOf((parts[2] ?? "").toLowerCase());
  return Math.floor(Number(parts[1]) * 1024 ** power);
}
