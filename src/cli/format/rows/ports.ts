export interface ShownPort {
  readonly PrivatePort: number;
  readonly PublicPort?: number;
  readonly IP?: string;
  readonly Type: string;
}

/** `0.0.0.0:8080->80/tcp, 9000-9002/udp`: neighbours that map to themselves are one range. */
export function portsText(ports: readonly ShownPort[]): string {
  const sorted = [...ports].sort(compare);
  const groups = new Map<string, { first: number; last: number }>();
  const shown: string[] = [];
  const mappings: string[] = [];
  for (const { PrivatePort: port, PublicPort: published, IP: address = "", Type: type } of sorted) {
    if (address !== "" && published !== port) {
      mappings.push(`${endpoint(address, String(published))}->${port}/${type}`);
      continue;
    }
    const key = address === "" ? type : `${address}/${type}`;
    const group = groups.get(key);
    if (group && port === group.last + 1) {
      group.last = port;
      continue;
    }
    if (group) shown.push(groupText(key, group.first, group.last));
    groups.set(key, { first: port, last: port });
  }
  for (const [key, { first, last }] of groups) shown.push(groupText(key, first, last));
  return [...shown, ...mappings].join(", ");
}

function groupText(key: string, first: number, last: number): string {
  const [address, type] = key.includes("/") ? key.split("/") : ["", key];
  const range = first === last ? String(first) : `${first}-${last}`;
  return `${address ? `${endpoint(address, range)}->${range}` : range}/${type}`;
}

function endpoint(address: string, port: string): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

function compare(a: ShownPort, b: ShownPort): number {
  const text = (one = "", other = "") => (one < other ? -1 : one > other ? 1 : 0);
  return (
    a.PrivatePort - b.PrivatePort ||
    text(a.IP, b.IP) ||
    (a.PublicPort ?? 0) - (b.PublicPort ?? 0) ||
    text(a.Type, b.Type)
  );
}
