/**
 * What the firewall of one engine must say, as text for `nft -f -`. Pure: the same networks
 * give the same text. One table holds everything; the chains never change, networks and
 * published ports are elements of its sets and maps, so a lookup costs the same for two
 * networks as for two hundred.
 *
 *   packet to a host address ── prerouting/output ── published? ── rewritten to the container
 *   packet through the host ─── forward ──────────── answer, published, own bridge: pass
 *                                                    else to one of our bridges: drop
 *   packet leaving ──────────── postrouting ──────── from a container to outside: masqueraded
 */
export interface BridgeRules {
  readonly bridge: string;
  readonly subnets: readonly string[];
  /** Containers on it may talk to each other. */
  readonly connected: boolean;
  /** Neither out to other networks nor in from them. */
  readonly internal: boolean;
  readonly masquerade: boolean;
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

export const anyAddressMap = "published_on_any";
export const oneAddressMap = "published_on_one";

interface NamedSet {
  readonly name: string;
  readonly type: string;
  readonly elements: (network: BridgeRules) => readonly string[];
}

const name = (network: BridgeRules): string => `"${network.bridge}"`;
const when = (condition: boolean, elements: readonly string[]) => (condition ? elements : []);

/** What a network is to the rules: its elements in these sets. */
const networkSets: readonly NamedSet[] = [
  { name: "bridges", type: "type ifname", elements: (n) => [name(n)] },
  { name: "internal", type: "type ifname", elements: (n) => when(n.internal, [name(n)]) },
  {
    name: "connected",
    type: "type ifname . ifname",
    elements: (n) => when(n.connected, [`${name(n)} . ${name(n)}`]),
  },
  {
    name: "within",
    type: "type ipv4_addr . ifname; flags interval",
    elements: (n) => n.subnets.map((subnet) => `${subnet} . ${name(n)}`),
  },
  {
    name: "masqueraded",
    type: "type ipv4_addr; flags interval",
    elements: (n) => when(n.masquerade && !n.internal, n.subnets),
  },
];

const chains = `	map ${anyAddressMap} { type inet_proto . inet_service : ipv4_addr . inet_service; }
	map ${oneAddressMap} { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service; }
	# Loopback is routed on our bridges for published ports, but nobody on them may use it.
	chain guard {
		type filter hook prerouting priority raw; policy accept;
		iifname @bridges ip daddr 127.0.0.0/8 drop
		iifname @bridges ip saddr 127.0.0.0/8 drop
	}
	chain prerouting {
		type nat hook prerouting priority dstnat; policy accept;
		ip daddr 127.0.0.0/8 return
		fib daddr type local jump published
	}
	chain output {
		type nat hook output priority -100; policy accept;
		fib daddr type local jump published
	}
	chain published {
		dnat ip to ip daddr . meta l4proto . th dport map @${oneAddressMap}
		dnat ip to meta l4proto . th dport map @${anyAddressMap}
	}
	chain forward {
		type filter hook forward priority filter; policy accept;
		iifname . oifname @connected accept
		iifname @internal drop
		oifname @internal drop
		oifname @bridges ct state established,related accept
		oifname @bridges ct status dnat accept
		oifname @bridges drop
	}
	chain postrouting {
		type nat hook postrouting priority srcnat; policy accept;
		oifname @bridges ip saddr 127.0.0.0/8 masquerade
		ip saddr . oifname @within ct status dnat masquerade
		ip saddr . oifname @within return
		ip saddr @masqueraded masquerade
	}
`;

/** An empty chain whose name tells which edition of the chains a loaded table has. */
export const editionChain = `edition_${editionOf(chains)}`;

/** 32-bit FNV-1a: a change of the text gives another number, which is all that is asked of it. */
function editionOf(text: string): string {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, "0");
}

/** The table with nothing in its sets. Loading it replaces an old one in one transaction. */
export function planTable(table: string): string {
  const sets = networkSets.map((set) => `	set ${set.name} { ${set.type}; }\n`).join("");
  return `add table ip ${table}
delete table ip ${table}
table ip ${table} {
	chain ${editionChain} { }
${sets}${chains}}
`;
}

/** Makes a loaded table know exactly these networks. */
export function planNetworks(table: string, networks: readonly BridgeRules[]): string {
  const flush = networkSets.map((set) => `flush set ip ${table} ${set.name}\n`).join("");
  return flush + networks.map((network) => planNetworkChange(table, "add", network)).join("");
}

/** Adds one network to a loaded table or takes it out. */
export function planNetworkChange(table: string, verb: "add" | "delete", network: BridgeRules): string {
  let script = "";
  for (const set of networkSets) {
    const elements = set.elements(network);
    if (elements.length > 0) script += `${verb} element ip ${table} ${set.name} { ${elements.join(", ")} }\n`;
  }
  return script;
}

export interface PublishedRule {
  readonly protocol: string;
  readonly hostIp: string;
  readonly hostPort: number;
  readonly containerIp: string;
  readonly containerPort: number;
}

/** Makes a loaded table forward exactly these ports. */
export function planPublished(table: string, rules: readonly PublishedRule[]): string {
  let script = `flush map ip ${table} ${anyAddressMap}\nflush map ip ${table} ${oneAddressMap}\n`;
  for (const rule of rules) {
    const isAny = rule.hostIp === "0.0.0.0";
    const key = `${isAny ? "" : `${rule.hostIp} . `}${rule.protocol} . ${rule.hostPort}`;
    const target = `${rule.containerIp} . ${rule.containerPort}`;
    script += `add element ip ${table} ${isAny ? anyAddressMap : oneAddressMap} { ${key} : ${target} }\n`;
  }
  return script;
}

export const planRemoval = (table: string): string => `add table ip ${table}\ndelete table ip ${table}\n`;
