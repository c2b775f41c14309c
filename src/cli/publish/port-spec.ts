import { isIP } from "node:net";
import { invalidArgument } from "../../errors/engine-error.ts";
import type { PortWanted } from "../../protocol/extensions.ts";

type Protocol = "tcp" | "udp" | "sctp";

const longestRange = 1000;

/**
 * `[[IP:][HOST]:]CONTAINER[/proto]` as `docker run -p` takes it, ranges too: one wish per
 * container port. IPv6 addresses are in brackets.
 */
export function parsePublishSpec(text: string): PortWanted[] {
  const { ip, ports, protocol } = partsOf(text);
  if (ports.length > 2) throw invalid(text, "expected [[IP:]HOST:]CONTAINER[/PROTOCOL]");
  const container = rangeOf(text, ports.at(-1) ?? "");
  const hostText = ports.length === 2 ? (ports[0] ?? "") : "";
  const common = { HostIp: ip, Protocol: protocol };
  const count = container.last - container.first + 1;
  if (count > longestRange) throw invalid(text, `more than ${longestRange} ports`);
  if (hostText === "" || count === 1) {
    // One container port may name a range of host ports: one of them is chosen.
    if (hostText !== "") rangeOf(text, hostText, 0);
    return Array.from({ length: count }, (_, at) => ({
      ...common,
      HostPort: hostText,
      ContainerPort: container.first + at,
    }));
  }
  const host = rangeOf(text, hostText);
  if (host.last - host.first + 1 !== count) throw invalid(text, "the ranges have different lengths");
  return Array.from({ length: count }, (_, at) => ({
    ...common,
    HostPort: String(host.first + at),
    ContainerPort: container.first + at,
  }));
}

/** `[IP:]HOST[:CONTAINER][/proto]`: what is open already, by its port on the host. */
export function parseClosingSpec(text: string): PortWanted {
  const { ip, ports, protocol } = partsOf(text);
  if (ports.length > 2) throw invalid(text, "expected [IP:]HOST[:CONTAINER][/PROTOCOL]");
  const host = rangeOf(text, ports[0] ?? "");
  if (host.first !== host.last) throw invalid(text, "name the ports one by one");
  const container = ports.length === 2 ? { ContainerPort: rangeOf(text, ports[1] ?? "").first } : {};
  return { HostIp: ip, HostPort: String(host.first), Protocol: protocol, ...container };
}

function partsOf(text: string): { ip: string; ports: string[]; protocol: Protocol } {
  const [, bracketed, rest = "", word = "tcp"] =
    /^(?:\[([^\]]*)\]:)?([^/[\]]*)(?:\/([a-z]+))?$/i.exec(text) ?? [];
  if (rest === "") throw invalid(text, "expected [[IP:]HOST:]CONTAINER[/PROTOCOL]");
  const protocol = word.toLowerCase();
  if (protocol !== "tcp" && protocol !== "udp" && protocol !== "sctp") {
    throw invalid(text, "the protocol must be tcp, udp or sctp");
  }
  const ports = rest.split(":");
  const isNamed = bracketed === undefined && (ports.length === 3 || (ports[0] ?? "").includes("."));
  const ip = bracketed ?? (isNamed ? (ports.shift() ?? "") : "");
  if (ip !== "" && isIP(ip) === 0) throw invalid(text, `${JSON.stringify(ip)} is not an IP address`);
  return { ip, ports, protocol };
}

function rangeOf(text: string, part: string, least = 1): { first: number; last: number } {
  const [, first = "", last = first] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? [];
  const range = { first: Number(first), last: Number(last) };
  const isRange = first !== "" && range.first >= least && range.last <= 65535 && range.first <= range.last;
  if (!isRange) throw invalid(text, `${JSON.stringify(part)} is not a port`);
  return range;
}

const invalid = (text: string, reason: string) =>
  invalidArgument(`invalid port ${JSON.stringify(text)}: ${reason}`);
