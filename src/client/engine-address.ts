import { invalidArgument } from "../errors/engine-error.ts";
import { type ListenAddress, parseListenAddress } from "../http/listen-address.ts";

/** Where our own engine listens; asked when neither flag, environment nor context says otherwise. */
export const defaultHost = "unix:///run/hull.sock";

export interface ClientTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly rejectUnauthorized: boolean;
}

export interface EngineAddress {
  readonly address: Exclude<ListenAddress, { kind: "fd" }>;
  readonly tls?: ClientTls;
  /** Where the address is only this machine's end of something longer: ssh. */
  readonly via?: Via;
}

export interface Via {
  /** The address as people know it, for messages. */
  readonly shown: string;
  /** Why it does not get through, when it knows. */
  failure(): string | undefined;
}

export function parseEngineAddress(host: string, tls?: ClientTls): EngineAddress {
  const address = parseEngineHost(host, tls !== undefined);
  return { address, ...(tls && address.kind === "tcp" && { tls }) };
}

/** What `-H` takes: a URL, or `HOST`, `HOST:PORT` and `:PORT` for tcp. */
export function parseEngineHost(host: string, tls: boolean): EngineAddress["address"] {
  const text = host.trim();
  const url = text.includes("://") ? text : `tcp://${text}`;
  if (!/^(unix|tcp):\/\//.test(url)) throw invalidArgument(`invalid bind address format: ${host}`);
  const address = parseListenAddress(url, tls);
  if (address.kind === "fd") throw invalidArgument(`invalid bind address format: ${host}`);
  return address;
}

/** The address in the notation of DOCKER_HOST, for messages. */
export function formatAddress({ address, via }: EngineAddress): string {
  if (via) return via.shown;
  return address.kind === "unix" ? `unix://${address.path}` : `tcp://${address.host}:${address.port}`;
}
