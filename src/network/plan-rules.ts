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
export function tableName(bridge: string): string {
  const safe = bridge.replaceAll(
    /[^A-Za-z0-9]/g,
    (char) => `.${char.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
  return `hull_${safe}`;
}

export const anyAddressMap = "published_on_any";
export const oneAddressMap = "published_on_one";

const quoted = (words: readonly string[]): string => words.map((word) => `"${word}"`).join(", ");

function declareSet(kind: string, name: string, type: string, elements: readonly string[]): string {
  const content = elements.length === 0 ? "" : `\n\t\telements = { ${elements.join(", ")} }`;
  return `\t${kind} ${name} {\n\t\ttype ${type}${content}\n\t}`;
}

const intervals = (type: string): string => `${type}\n\t\tflags interval`;

/** The whole table without published ports. Loading it replaces an old one in one transaction. */
export function planTable(table: string, networks: readonly BridgeRules[]): string {
  const bridges = networks.map((network) => `"${network.bridge}"`);
  const pairs = (chosen: readonly BridgeRules[]) =>
    chosen.flatMap((network) => network.subnets.map((subnet) => `${subnet} . "${network.bridge}"`));
  return `add table ip ${table}
delete table ip ${table}
table ip ${table} {
${declareSet("set", "bridges", "ifname", bridges)}
${declareSet(
  "set",
  "internal",
  "ifname",
  networks.filter((n) => n.internal).map((n) => quoted([n.bridge])),
)}
${declareSet(
  "set",
  "connected",
  "ifname . ifname",
  networks.filter((n) => n.connected).map((n) => `"${n.bridge}" . "${n.bridge}"`),
)}
${declareSet("set", "within", intervals("ipv4_addr . ifname"), pairs(networks))}
${declareSet(
  "set",
  "masqueraded",
  intervals("ipv4_addr"),
  networks.filter((n) => n.masquerade && !n.internal).flatMap((n) => n.subnets),
)}
${declareSet("map", anyAddressMap, "inet_proto . inet_service : ipv4_addr . inet_service", [])}
${declareSet("map", oneAddressMap, "ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service", [])}
	chain guard {
		comment "loopback is routed on our bridges for published ports, but nobody on them may use it"
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
}
`;
}

/** Adds or removes one network of a loaded table. */
export function planNetworkChange(table: string, verb: "add" | "delete", network: BridgeRules): string {
  const name = `"${network.bridge}"`;
  const lines: string[] = [];
  const change = (set: string, elements: readonly string[]) => {
    if (elements.length > 0) lines.push(`${verb} element ip ${table} ${set} { ${elements.join(", ")} }`);
  };
  change("bridges", [name]);
  if (network.internal) change("internal", [name]);
  if (network.connected) change("connected", [`${name} . ${name}`]);
  change(
    "within",
    network.subnets.map((subnet) => `${subnet} . ${name}`),
  );
  if (network.masquerade && !network.internal) change("masqueraded", network.subnets);
  return `${lines.join("\n")}\n`;
}
