import type { PublishedPort } from "../../records/container-record.ts";
import type { Reach } from "../services/ports.ts";

/** An address of the host, without those of the containers' own networks. */
export interface HostAddress {
  readonly link: string;
  readonly address: string;
}

/** What an address is to the rest of the world. */
export function classOf(address: string): Reach {
  return address.includes(":") ? classOfIpv6(address.toLowerCase()) : classOfIpv4(address);
}

function classOfIpv4(address: string): Reach {
  const [a = 0, b = 0] = address.split(".").map(Number);
  if (a === 127) return "loopback";
  const isPrivate =
    a === 10 ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254) ||
    // Carriers' own (RFC 6598).
    (a === 100 && b >= 64 && b < 128);
  return isPrivate ? "lan" : "world";
}

function classOfIpv6(address: string): Reach {
  if (address === "::1") return "loopback";
  // Unique local (fc00::/7) and link local (fe80::/10).
  return /^f[cd]/.test(address) || /^fe[89ab]/.test(address) ? "lan" : "world";
}

export interface PortReach {
  readonly reach: readonly Reach[];
  readonly addresses: readonly string[];
}

/** Who reaches a published port by the host's addresses. Pure. */
export function reachOf(
  port: Pick<PublishedPort, "hostIp">,
  via: "kernel" | "proxy" | "both",
  host: readonly HostAddress[],
): PortReach {
  const isIpv6 = port.hostIp.includes(":");
  const isEvery = port.hostIp === "0.0.0.0" || port.hostIp === "::";
  if (!isEvery) {
    const reach = classOf(port.hostIp);
    return { reach: [reach], addresses: reach === "loopback" ? [] : [port.hostIp] };
  }
  const outer = host
    .map(({ address }) => address)
    .filter((address) => address.includes(":") === isIpv6 && classOf(address) !== "loopback");
  const found = new Set<Reach>(outer.map(classOf));
  // Only a copying proxy answers on [::1].
  if (!isIpv6 || via !== "kernel") found.add("loopback");
  const order: readonly Reach[] = ["loopback", "lan", "world"];
  return { reach: order.filter((one) => found.has(one)), addresses: outer };
}

const databases: Readonly<Record<number, string>> = {
  1433: "SQL Server",
  1521: "Oracle",
  2375: "Docker Engine API",
  2379: "etcd",
  3306: "MySQL",
  5432: "PostgreSQL",
  5984: "CouchDB",
  6379: "Redis",
  7474: "Neo4j",
  8086: "InfluxDB",
  9042: "Cassandra",
  9200: "Elasticsearch",
  11211: "memcached",
  27017: "MongoDB",
};

/** A sentence for what should hardly ever be open to other machines. */
export function exposureWarning(port: PublishedPort, reach: readonly Reach[]): string | undefined {
  const name = databases[port.containerPort];
  if (!name || port.protocol !== "tcp" || !(reach.includes("lan") || reach.includes("world")))
    return undefined;
  const who = reach.includes("world") ? "everybody" : "the local network";
  return `${name} is open to ${who}: publish it on 127.0.0.1 unless that is wanted`;
}
