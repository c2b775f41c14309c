import { invalidArgument } from "../../../errors/engine-error.ts";

export interface PortEntry {
  readonly mode: string;
  readonly host_ip?: string;
  readonly target: number;
  readonly published?: string;
  readonly protocol: string;
}

/** `[ip:]host:container/protocol` with ranges: an entry for every port of the container. */
export function parsePort(text: string): PortEntry[] {
  const parts = text.split(":");
  const containerPart = parts.at(-1) ?? "";
  const hostPart = parts.length > 1 ? (parts.at(-2) ?? "") : "";
  const [containerPort = "", suffix] = cut(containerPart, "/");
  const protocol = containerPort === "" ? "" : (suffix || "tcp").toLowerCase();
  if (!["tcp", "udp", "sctp"].includes(protocol)) throw invalidArgument(`invalid proto: ${protocol}`);
  const address = hostAddress(parts.slice(0, -2).join(":"));
  const container = range(containerPort);
  if (!container) throw invalidArgument(`invalid containerPort: ${containerPort}`);
  const host = hostPart === "" ? undefined : range(hostPart);
  if (hostPart !== "" && !host) throw invalidArgument(`invalid hostPort: ${hostPart}`);
  const count = container.end - container.start + 1;
  if (host && host.end - host.start + 1 !== count && count !== 1) {
    throw invalidArgument(
      `invalid ranges specified for container and host Ports: ${containerPort} and ${hostPart}`,
    );
  }
  return Array.from({ length: count }, (_, index) => ({
    mode: "ingress",
    ...(address !== "" && { host_ip: address }),
    target: container.start + index,
    ...(host && { published: publishedAt(host, index, count) }),
    protocol,
  })).sort(byText);
}

/** One port of the container may be given any of a range of the host. */
function publishedAt(host: Range, index: number, count: number): string {
  const first = String(host.start + index);
  return count === 1 && host.start !== host.end ? `${first}-${host.end}` : first;
}

/** Docker Compose orders the ports of a range as texts: 10000 before 9999. */
function byText(a: PortEntry, b: PortEntry): number {
  const [left, right] = [`${a.target}/`, `${b.target}/`];
  return left < right ? -1 : left > right ? 1 : 0;
}

function hostAddress(text: string): string {
  const address = text.startsWith("[") && text.endsWith("]") ? text.slice(1, -1) : text;
  if (address !== "" && !isAddress(address)) throw invalidArgument(`invalid IP address: ${address}`);
  return address;
}

/** Without a zone. `node:net` knows too, but takes longer to load than a file to read. */
export function isAddress(text: string): boolean {
  if (!text.includes(":")) return /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/.test(text);
  return /^[\da-f:.]+$/i.test(text) && URL.canParse(`http://[${text}]/`);
}

interface Range {
  readonly start: number;
  readonly end: number;
}

function range(text: string): Range | undefined {
  const [first = "", last = first] = text.split("-");
  const [start, end] = [port(first), port(last)];
  return start === undefined || end === undefined || end < start ? undefined : { start, end };
}

function port(text: string): number | undefined {
  return /^\d+$/.test(text) && Number(text) < 65_536 ? Number(text) : undefined;
}

function cut(text: string, at: string): [string, string | undefined] {
  const index = text.indexOf(at);
  return index < 0 ? [text, undefined] : [text.slice(0, index), text.slice(index + at.length)];
}
