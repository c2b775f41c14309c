import { labels } from "../../../compose/labels.ts";
import type { Project } from "../../../compose/model/project.ts";
import type { ContainerSummary } from "../../../protocol/generated/types.ts";

/** Ports on which something else than web pages is spoken. */
const otherProtocols = new Set([
  ...[20, 21, 22, 23, 25, 53, 110, 139, 143, 389, 445, 465, 587, 636, 993, 995, 1433, 1521, 1883, 2049],
  ...[
    2181, 2222, 3306, 4222, 5222, 5432, 5671, 5672, 6379, 6380, 6432, 8883, 9042, 9092, 11211, 26379, 27017,
  ],
]);

const secure = new Set([443, 8443, 9443]);

export interface OpenAddress {
  /** `http://localhost:8080`, or `localhost:5432`. */
  readonly address: string;
  readonly service: string;
  readonly port: number;
}

/**
 * Where published ports of running containers can be opened now, each once, by port. `host`: the machine
 * of the engine, as this one calls it.
 */
export function openAddresses(
  project: Project,
  containers: readonly ContainerSummary[],
  host: string,
): OpenAddress[] {
  const found = new Map<string, OpenAddress>();
  for (const { Labels: its, Ports: ports } of containers) {
    const service = its?.[labels.service] ?? "";
    for (const { IP: ip = "", PrivatePort: target, PublicPort: port, Type: protocol } of ports ?? []) {
      if (!port || protocol !== "tcp") continue;
      const scheme = schemeOf(project, service, target ?? 0, port);
      const address = `${scheme}${hostOf(ip ?? "", host)}${portText(scheme, port)}`;
      if (!found.has(address)) found.set(address, { address, service, port });
    }
  }
  return [...found.values()].sort((a, b) => a.port - b.port || (a.address < b.address ? -1 : 1));
}

function schemeOf(project: Project, service: string, target: number, port: number): string {
  const declared = project.services[service]?.ports?.find((one) => one.target === target)?.app_protocol;
  if (declared === "http" || declared === "https") return `${declared}://`;
  if (declared !== undefined) return "";
  if (secure.has(target) || secure.has(port)) return "https://";
  return otherProtocols.has(target) ? "" : "http://";
}

/** Every address of the engine's machine is also its name. */
function hostOf(ip: string, host: string): string {
  if (["", "0.0.0.0", "::"].includes(ip)) return host;
  if (ip.startsWith("127.") || ip === "::1") return ip === "127.0.0.1" || ip === "::1" ? "localhost" : ip;
  return ip.includes(":") ? `[${ip}]` : ip;
}

function portText(scheme: string, port: number): string {
  return (scheme === "http://" && port === 80) || (scheme === "https://" && port === 443) ? "" : `:${port}`;
}

/** `Open: http://localhost:8080 (web)  https://localhost (proxy)`; undefined where nothing is published. */
export function openLine(addresses: readonly OpenAddress[]): string | undefined {
  if (addresses.length === 0) return undefined;
  return `Open: ${addresses.map(({ address, service }) => `${address} (${service})`).join("  ")}`;
}
