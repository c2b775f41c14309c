import { invalidArgument } from "../../errors/engine-error.ts";

/** One `[ADDRESS:][LOCAL:]REMOTE[/PROTOCOL]`. */
export interface ForwardSpec {
  /** Local address; undefined leaves it to `--address`. */
  readonly address: string | undefined;
  /** Undefined: the same number as inside if that is free, else any. 0: any free one. */
  readonly local: number | undefined;
  readonly remote: number;
  readonly protocol: "tcp" | "udp";
}

/** As `ssh -L` and `kubectl port-forward` write it; IPv6 addresses stand in brackets. */
export function parseForwardSpec(text: string): ForwardSpec {
  const wrong = (why: string) =>
    invalidArgument(
      `invalid port ${JSON.stringify(text)}: ${why}, must be [ADDRESS:][LOCAL:]REMOTE[/udp], for example 8080:80`,
    );
  const match = /^(?:(?:(\[[^\]]*\]|[^:/[\]]*):)?([^:/]*):)?([^:/]+)(?:\/(\w+))?$/.exec(text);
  if (!match) throw wrong("not understood");
  const [, address = "", local, remote = "", protocol = "tcp"] = match;
  if (protocol !== "tcp" && protocol !== "udp") throw wrong(`${JSON.stringify(protocol)} is not forwarded`);
  const port = (word: string, least: number) => {
    const number = Number(word);
    if (!/^\d{1,5}$/.test(word) || number < least || number > 65535) {
      throw wrong(`${JSON.stringify(word)} is no port`);
    }
    return number;
  };
  return {
    address: address === "" ? undefined : address.replace(/^\[|\]$/g, ""),
    local: local === undefined ? undefined : local === "" ? 0 : port(local, 0),
    remote: port(remote, 1),
    protocol,
  };
}

/** An address and a port as people write them. */
export function endpointText(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
