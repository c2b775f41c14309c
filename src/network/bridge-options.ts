import { invalidArgument, notImplemented } from "../errors/engine-error.ts";
import { familyOf, isIpv4 } from "../lib/ip.ts";
import type { NetworkRecord } from "../records/network-record.ts";

/** What the `com.docker.network.*` options of a bridge network say. */
export interface BridgeOptions {
  readonly bridge: string;
  readonly connected: boolean;
  readonly masquerade: boolean;
  readonly mtu: number;
  /** Where ports are published when the user names no address. */
  readonly hostBinding: string;
  readonly isDefault: boolean;
  /** Interfaces inside are named by it: `eth0`, `eth1`. */
  readonly interfacePrefix: string;
}

const prefix = "com.docker.network.bridge.";
export const optionNames = {
  name: `${prefix}name`,
  icc: `${prefix}enable_icc`,
  masquerade: `${prefix}enable_ip_masquerade`,
  hostBinding: `${prefix}host_binding_ipv4`,
  defaultBridge: `${prefix}default_bridge`,
  gatewayModeIpv4: `${prefix}gateway_mode_ipv4`,
  gatewayModeIpv6: `${prefix}gateway_mode_ipv6`,
  mtu: "com.docker.network.driver.mtu",
  interfacePrefix: "com.docker.network.container_iface_prefix",
  enableIpv4: "com.docker.network.enable_ipv4",
  enableIpv6: "com.docker.network.enable_ipv6",
} as const;

const known = new Set<string>(Object.values(optionNames));
const maxInterfaceName = 15;

export function bridgeOptions(network: Pick<NetworkRecord, "id" | "options">): BridgeOptions {
  const { options } = network;
  refuseUnknown(options, known, "bridge");
  for (const name of [optionNames.gatewayModeIpv4, optionNames.gatewayModeIpv6]) {
    const mode = options[name];
    if (mode && mode !== "nat") {
      throw notImplemented(
        `gateway mode ${JSON.stringify(mode)} of network option "${name}" is not built: only "nat" is`,
      );
    }
  }
  const bridge = options[optionNames.name] || `br-${network.id.slice(0, 12)}`;
  if (!isInterfaceName(bridge)) throw invalidArgument(`invalid bridge name ${JSON.stringify(bridge)}`);
  const hostBinding = options[optionNames.hostBinding] || "0.0.0.0";
  if (!isIpv4(hostBinding))
    throw invalidArgument(`invalid host binding address ${JSON.stringify(hostBinding)}`);
  return {
    bridge,
    connected: flag(options, optionNames.icc, true),
    masquerade: flag(options, optionNames.masquerade, true),
    mtu: mtuOption(options),
    hostBinding,
    isDefault: flag(options, optionNames.defaultBridge, false),
    interfacePrefix: interfacePrefix(options),
  };
}

export const isInterfaceName = (name: string): boolean =>
  name.length <= maxInterfaceName && /^[A-Za-z0-9_.-]+$/.test(name) && !/^\.{1,2}$/.test(name);

/** Docker takes an option it does not know and forgets it; a network that is not what was asked is worse than none. */
export function refuseUnknown(
  options: Readonly<Record<string, string>>,
  accepted: ReadonlySet<string>,
  driver: string,
): void {
  for (const key of Object.keys(options)) {
    if (accepted.has(key)) continue;
    throw invalidArgument(`network option ${JSON.stringify(key)} is not supported by the ${driver} driver`);
  }
}

export function mtuOption(options: Readonly<Record<string, string>>): number {
  const text = options[optionNames.mtu] || "1500";
  const mtu = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(mtu >= 68 && mtu <= 65535)) {
    throw invalidArgument(
      `failed to parse ${optionNames.mtu} value: ${text} (an MTU is a number of 68 to 65535)`,
    );
  }
  return mtu;
}

/** With two digits behind it, it has to be an interface's name still. */
export function interfacePrefix(options: Readonly<Record<string, string>>): string {
  const wanted = options[optionNames.interfacePrefix] || "eth";
  if (!isInterfaceName(`${wanted}99`) || wanted === "lo") {
    throw invalidArgument(
      `invalid interface prefix ${JSON.stringify(wanted)} in network option "${optionNames.interfacePrefix}"`,
    );
  }
  return wanted;
}

export function flag(options: Readonly<Record<string, string>>, name: string, otherwise: boolean): boolean {
  const value = options[name];
  if (value === undefined || value === "") return otherwise;
  if (/^(1|t|true)$/i.test(value)) return true;
  if (/^(0|f|false)$/i.test(value)) return false;
  throw invalidArgument(`failed to parse ${name} value: ${value} (neither true nor false)`);
}

/** Whether the pools of a network have addresses of a family. */
export const hasFamily = (network: Pick<NetworkRecord, "ipam">, family: 4 | 6): boolean =>
  network.ipam.pools.some((pool) => familyOf(pool.subnet) === family);
