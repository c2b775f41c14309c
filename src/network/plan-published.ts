import type { Protocol } from "./kernel.ts";
import { type TableFamily, tableFamilyOf } from "./table-family.ts";

/** One host port that leads to one container. */
export interface PublishedRule {
  readonly protocol: Protocol;
  readonly hostIp: string;
  readonly hostPort: number;
  readonly containerIp: string;
  readonly containerPort: number;
  /** Other containers may have the same host port: connections are dealt out in turn. */
  readonly shared?: boolean;
  /** It gets new connections only when all that share the port stand back. */
  readonly standsBack?: boolean;
}

export const anyAddressMap = "published_on_any";
export const oneAddressMap = "published_on_one";
const sharedAnyMap = "shared_on_any";
const sharedOneMap = "shared_on_one";

export const isAnyAddress = (address: string): boolean => address === "0.0.0.0" || address === "::";

export const publishedMaps = (address: string): string => {
  const target = `${address} . inet_service`;
  return `	map ${anyAddressMap} { type inet_proto . inet_service : ${target}; }
	map ${oneAddressMap} { type ${address} . inet_proto . inet_service : ${target}; }
	map ${sharedAnyMap} { type inet_proto . inet_service : verdict; }
	map ${sharedOneMap} { type ${address} . inet_proto . inet_service : verdict; }
`;
};

export const publishedChain = (family: TableFamily): string => `	chain published {
		dnat ${family} to ${family} daddr . meta l4proto . th dport map @${oneAddressMap}
		dnat ${family} to meta l4proto . th dport map @${anyAddressMap}
		${family} daddr . meta l4proto . th dport vmap @${sharedOneMap}
		meta l4proto . th dport vmap @${sharedAnyMap}
	}
`;

const keyOf = (rule: PublishedRule): string =>
  `${isAnyAddress(rule.hostIp) ? "" : `${rule.hostIp} . `}${rule.protocol} . ${rule.hostPort}`;

const targetOf = (rule: PublishedRule): string => `${rule.containerIp} . ${rule.containerPort}`;

/** Makes a table that was just loaded forward exactly these ports. */
export function planPublished(table: string, family: TableFamily, rules: readonly PublishedRule[]): string {
  const ours = rules.filter((rule) => tableFamilyOf(rule.hostIp) === family);
  let script = "";
  for (const rule of ours) {
    if (rule.shared) continue;
    const map = isAnyAddress(rule.hostIp) ? anyAddressMap : oneAddressMap;
    script += `add element ${family} ${table} ${map} { ${keyOf(rule)} : ${targetOf(rule)} }\n`;
  }
  const shared = ours.filter((rule) => rule.shared);
  for (const [chain, rule] of new Map(shared.map((rule) => [sharedChain(rule), rule]))) {
    script += planShared(
      table,
      rule,
      shared.filter((one) => sharedChain(one) === chain),
    );
  }
  return script;
}

// trail: compose rollout
/**
 * Who shares the host port of `port`; with nobody left its chain goes. `numgen inc` deals new
 * connections out one by one; connections that were dealt stay with their container, because
 * only a connection's first packet comes here.
 */
export function planShared(table: string, port: PublishedRule, now: readonly PublishedRule[]): string {
  const family = tableFamilyOf(port.hostIp);
  const chain = `${family} ${table} ${sharedChain(port)}`;
  const map = isAnyAddress(port.hostIp) ? sharedAnyMap : sharedOneMap;
  const element = `element ${family} ${table} ${map} { ${keyOf(port)} : goto ${sharedChain(port)} }`;
  if (now.length === 0) return `delete ${element}\nflush chain ${chain}\ndelete chain ${chain}\n`;
  const ready = now.filter((rule) => !rule.standsBack);
  const inTurn = ready.length > 0 ? ready : now;
  const turns = inTurn.map((rule, index) => `${index} : ${targetOf(rule)}`).join(", ");
  return `add chain ${chain}
flush chain ${chain}
add rule ${chain} meta l4proto ${port.protocol} dnat ${family} to numgen inc mod ${inTurn.length} map { ${turns} }
add ${element}
`;
}

/** Chain names take no colons. */
export const sharedChain = (rule: PublishedRule): string => {
  const address = isAnyAddress(rule.hostIp) ? "any" : rule.hostIp.replaceAll(":", "_");
  return `shared_${rule.protocol}_${address}_${rule.hostPort}`;
};
