import type { Service } from "../model/service.ts";
import type { ServicePort } from "../model/service-parts.ts";

export interface PodPort {
  readonly port: number;
  readonly protocol: "TCP" | "UDP" | "SCTP";
  /** Fits both a container's port and a Service's. */
  readonly name: string;
  readonly appProtocol?: string;
}

/** Ports others reach it at: those that are published and those it exposes. */
export function portsOf({ ports = [], expose = [] }: Service): readonly PodPort[] {
  const found = new Map<string, PodPort>();
  const add = (port: number, protocol: PodPort["protocol"], wish?: string, appProtocol?: string) => {
    const key = `${protocol} ${port}`;
    const taken = new Set([...found.values()].map(({ name }) => name));
    const usual = `${protocol.toLowerCase()}-${port}`;
    const name = wish !== undefined && isPortName(wish) && !taken.has(wish) ? wish : usual;
    if (!found.has(key)) found.set(key, { port, protocol, name, ...(appProtocol && { appProtocol }) });
  };
  for (const { target, protocol, name, app_protocol } of ports)
    add(target, protocolOf(protocol), name, app_protocol);
  for (const text of expose) {
    const [range = "", protocol] = text.split("/");
    const [first = 0, last = first] = range.split("-").map(Number);
    for (let port = first; port <= last; port++) add(port, protocolOf(protocol));
  }
  return [...found.values()];
}

export function protocolOf(text: string | undefined): PodPort["protocol"] {
  const word = (text ?? "tcp").toUpperCase();
  return word === "UDP" || word === "SCTP" ? word : "TCP";
}

function isPortName(name: string): boolean {
  return (
    name.length <= 15 &&
    /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(name) &&
    /[a-z]/.test(name) &&
    !name.includes("--")
  );
}

/** The first port of a range, as Compose takes them; undefined where any free one will do. */
export function publishedPort({ published }: ServicePort): number | undefined {
  const first = Number.parseInt(published ?? "", 10);
  return first > 0 ? first : undefined;
}

export function isLoopback({ host_ip: ip }: ServicePort): boolean {
  return ip !== undefined && (ip === "::1" || ip.startsWith("127."));
}
