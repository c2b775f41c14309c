import { publishedChain, publishedMaps } from "./plan-published.ts";
import { type TableFamily, tableFamilyOf } from "./table-family.ts";

/**
 * What the firewall of one engine must say, as text for `nft -f -`. Pure: the same networks
 * give the same text. One table per address family holds everything (`ip6` only while a
 * network has IPv6); the chains never change, networks and published ports are elements of
 * its sets and maps, so a lookup costs the same for two networks as for two hundred. Only a
 * port that several containers share has a chain of its own.
 *
 *   packet to a host address ── prerouting/output ── published? ── rewritten to the container
 *   packet through the host ─── forward ──────────── answer, published, own bridge: pass
 *                                                    else to one of our bridges: drop
 *   packet leaving ──────────── postrouting ──────── from a container to outside: masqueraded
 */
export interface BridgeRules {
  readonly bridge: string;
  /** IPv4 and IPv6. */
  readonly subnets: readonly string[];
  /** Containers on it may talk to each other. */
  readonly connected: boolean;
  /** Neither out to other networks nor in from them. */
  readonly internal: boolean;
  readonly masquerade: boolean;
}

/** The families a table is needed for: none without networks, `ip6` only where a network has it. */
export function familiesOf(networks: readonly BridgeRules[]): TableFamily[] {
  if (networks.length === 0) return [];
  return networks.some((network) => subnetsIn("ip6", network).length > 0) ? ["ip", "ip6"] : ["ip"];
}

/** Table names allow fewer characters than interface names; others become `.` and two hex digits. */
// trail: run -p
export function tableName(bridge: string): string {
  const safe = bridge.replaceAll(
    /[^A-Za-z0-9]/g,
    (char) => `.${char.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
  return `hull_${safe}`;
}

interface NamedSet {
  readonly name: string;
  readonly type: (family: TableFamily) => string;
  readonly elements: (network: BridgeRules, family: TableFamily) => readonly string[];
}

const addressType: Readonly<Record<TableFamily, string>> = { ip: "ipv4_addr", ip6: "ipv6_addr" };
const name = (network: BridgeRules): string => `"${network.bridge}"`;
const when = (condition: boolean, elements: readonly string[]) => (condition ? elements : []);
const subnetsIn = (family: TableFamily, network: BridgeRules) =>
  network.subnets.filter((subnet) => tableFamilyOf(subnet) === family);

/** What a network is to the rules: its elements in these sets. */
const networkSets: readonly NamedSet[] = [
  { name: "bridges", type: () => "type ifname", elements: (n) => [name(n)] },
  { name: "internal", type: () => "type ifname", elements: (n) => when(n.internal, [name(n)]) },
  {
    name: "connected",
    type: () => "type ifname . ifname",
    elements: (n) => when(n.connected, [`${name(n)} . ${name(n)}`]),
  },
  {
    name: "within",
    type: (family) => `type ${addressType[family]} . ifname; flags interval`,
    elements: (n, family) => subnetsIn(family, n).map((subnet) => `${subnet} . ${name(n)}`),
  },
  {
    name: "masqueraded",
    type: (family) => `type ${addressType[family]}; flags interval`,
    elements: (n, family) => when(n.masquerade && !n.internal, subnetsIn(family, n)),
  },
];

/** The kernel itself drops IPv6 loopback addresses that come from an interface. */
const guard = `	# Loopback is routed on our bridges for published ports, but nobody on them may use it.
	chain guard {
		type filter hook prerouting priority raw; policy accept;
		ip daddr 127.0.0.0/8 iifname @bridges drop
		ip saddr 127.0.0.0/8 iifname @bridges drop
	}
`;

function chains(family: TableFamily, routesLoopback: boolean): string {
  const loopback = family === "ip" ? "127.0.0.0/8" : "::1";
  // On IPv6 the kernel drops the answers to loopback sources that were rewritten. On IPv4 they come
  // through while our bridges may route loopback.
  const toLoopback = family === "ip" && routesLoopback ? "" : `		${family} daddr ${loopback} return\n`;
  const fromLoopback = family === "ip" ? `		oifname @bridges ip saddr ${loopback} masquerade\n` : "";
  return `${publishedMaps(addressType[family])}${family === "ip" ? guard : ""}	chain prerouting {
		type nat hook prerouting priority dstnat; policy accept;
		${family} daddr ${loopback} return
		fib daddr type local jump published
	}
	chain output {
		type nat hook output priority -100; policy accept;
${toLoopback}		fib daddr type local jump published
	}
${publishedChain(family)}	chain forward {
		type filter hook forward priority filter; policy accept;
		ct state established,related accept
		iifname . oifname @connected accept
		iifname @internal drop
		oifname @internal drop
		oifname @bridges ct status dnat accept
		oifname @bridges drop
	}
	chain postrouting {
		type nat hook postrouting priority srcnat; policy accept;
${fromLoopback}		${family} saddr . oifname @within ct status dnat masquerade
		${family} saddr . oifname @within return
		${family} saddr @masqueraded masquerade
	}
`;
}

/** An empty chain whose name tells which edition of the chains a loaded table has. */
export const editionChain = (routesLoopback = true): string =>
  `edition_${editionOf(chains("ip", routesLoopback) + chains("ip6", routesLoopback))}`;

/** 32-bit FNV-1a: a change of the text gives another number, which is all that is asked of it. */
function editionOf(text: string): string {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, "0");
}

/** The table with nothing in its sets. Loading it replaces an old one in one transaction. */
export function planTable(table: string, family: TableFamily, routesLoopback = true): string {
  const sets = networkSets.map((set) => `	set ${set.name} { ${set.type(family)}; }\n`).join("");
  return `${planRemoval(table, family)}table ${family} ${table} {
	chain ${editionChain(routesLoopback)} { }
${sets}${chains(family, routesLoopback)}}
`;
}

/** Makes a loaded table know exactly these networks. */
export function planNetworks(table: string, family: TableFamily, networks: readonly BridgeRules[]): string {
  const flush = networkSets.map((set) => `flush set ${family} ${table} ${set.name}\n`).join("");
  return flush + networks.map((network) => planNetworkChange(table, family, "add", network)).join("");
}

/** Adds one network to a loaded table or takes it out. */
export function planNetworkChange(
  table: string,
  family: TableFamily,
  verb: "add" | "delete",
  network: BridgeRules,
): string {
  let script = "";
  for (const set of networkSets) {
    const elements = set.elements(network, family);
    if (elements.length === 0) continue;
    script += `${verb} element ${family} ${table} ${set.name} { ${elements.join(", ")} }\n`;
  }
  return script;
}

export const planRemoval = (table: string, family: TableFamily): string =>
  `add table ${family} ${table}\ndelete table ${family} ${table}\n`;
