import { invalidArgument } from "../../../errors/engine-error.ts";
import { booleanFlag, type FlagValues, listFlag } from "../flag.ts";
import { ipKind } from "../ip-kind.ts";
import { parseUnsigned } from "../numbers.ts";
import { cut } from "./csv-fields.ts";

export const portFlags = {
  expose: listFlag("Expose a port or a range of ports"),
  publish: listFlag("Publish a container's port(s) to the host", { short: "p" }),
  "publish-all": booleanFlag("Publish all exposed ports to random ports", { short: "P" }),
};

export interface PortBinding {
  readonly HostIp: string;
  readonly HostPort: string;
}

interface Ports {
  readonly bindings: Record<string, PortBinding[]>;
  readonly exposed: Record<string, Record<string, never>>;
}

// trail: run -p
export function portsOf(values: FlagValues<typeof portFlags>): Ports {
  const bindings: Record<string, PortBinding[]> = {};
  const exposed: Record<string, Record<string, never>> = {};
  for (const text of values.publish) {
    for (const [port, binding] of parsePublished(text.includes("=") ? plainForm(text) : text)) {
      exposed[port] = {};
      const list = bindings[port] ?? [];
      list.push(binding);
      bindings[port] = list;
    }
  }
  for (const text of values.expose) for (const port of parseExposed(text)) exposed[port] = {};
  return { bindings, exposed };
}

/** `target=80,published=8080,protocol=tcp` as `8080:80/tcp`. */
function plainForm(text: string): string {
  const fields = new Map([["protocol", "tcp"]]);
  for (const part of text.split(",")) {
    const [key, value] = cut(part, "=");
    if (value === undefined || key === "") {
      throw invalidArgument(`invalid publish opts format (should be name=value but got '${part}')`);
    }
    fields.set(key, value);
  }
  return `${fields.get("published") ?? ""}:${fields.get("target") ?? ""}/${fields.get("protocol")}`;
}

/** `[[IP:][HOST]:]CONTAINER[/PROTOCOL]`, with ranges: the bindings it stands for. */
export function parsePublished(text: string): [port: string, binding: PortBinding][] {
  const { address, host, container, protocol } = partsOf(text);
  if (container === "") throw invalidArgument(`no port specified: ${text}<empty>`);
  const inside = rangeOr(container, `invalid containerPort: ${container}`);
  const outside = host === "" ? undefined : rangeOr(host, `invalid hostPort: ${host}`);
  const count = inside.last - inside.first + 1;
  if (outside && outside.last - outside.first + 1 !== count && count > 1) {
    throw invalidArgument(`invalid ranges specified for container and host Ports: ${container} and ${host}`);
  }
  if (!/^(tcp|udp|sctp)$/i.test(protocol)) throw invalidArgument(`invalid proto: ${protocol}`);
  return Array.from({ length: count }, (_, at) => {
    let chosen = outside ? String(outside.first + at) : "";
    // One port inside and several outside: the engine takes a free one of them.
    if (outside && count === 1 && outside.first !== outside.last) chosen += `-${outside.last}`;
    return [`${inside.first + at}/${protocol.toLowerCase()}`, { HostIp: address, HostPort: chosen }];
  });
}

function partsOf(text: string) {
  const parts = text.split(":");
  const { port: container, protocol } = withoutProtocol(parts.pop() ?? "");
  const host = parts.pop() ?? "";
  const written = parts.join(":");
  const address = /^\[(.*)\]$/.exec(written)?.[1] ?? written;
  if (address !== "" && ipKind(address) === 0) throw invalidArgument(`invalid IP address: ${address}`);
  return { address, host, container, protocol };
}

function withoutProtocol(text: string): { port: string; protocol: string } {
  const [port = "", protocol = ""] = text.split("/");
  return port === "" ? { port: "", protocol: "" } : { port, protocol: protocol || "tcp" };
}

function parseExposed(text: string): string[] {
  if (text.includes(":")) throw invalidArgument(`invalid port format for --expose: ${text}`);
  const { port, protocol } = withoutProtocol(text);
  const prefix = `invalid range format for --expose: ${text}, error: `;
  if (port === "") throw invalidArgument(`${prefix}empty string specified for ports`);
  const { first, last } = rangeOf(port, prefix);
  return Array.from({ length: last - first + 1 }, (_, at) => `${first + at}/${protocol.toLowerCase()}`);
}

function rangeOf(text: string, prefix = ""): { first: number; last: number } {
  const [low = "", high = low] = text.split("-", 2);
  try {
    const range = { first: parseUnsigned(low, 16), last: parseUnsigned(high, 16) };
    if (range.last >= range.first) return range;
  } catch (error) {
    throw invalidArgument(`${prefix}${(error as Error).message}`, error);
  }
  throw invalidArgument(`${prefix}invalid range specified for port: ${text}`);
}

function rangeOr(text: string, sentence: string): { first: number; last: number } {
  try {
    return rangeOf(text);
  } catch (error) {
    throw invalidArgument(sentence, error);
  }
}
