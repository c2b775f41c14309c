import { invalidArgument } from "../errors/engine-error.ts";
import type { NetworkRecord } from "../records/network-record.ts";
import { isIpv4 } from "./ipv4.ts";

/** What the `com.docker.network.*` options of a bridge network say. */
export interface BridgeOptions {
  readonly bridge: string;
  readonly connected: boolean;
  readonly masquerade: boolean;
  readonly mtu: number;
  /** Where ports are published when the user names no address. */
  readonly hostBinding: string;
  readonly isDefault: boolean;
}

const prefix = "com.docker.network.bridge.";
export const optionNames = {
  name: `${prefix}name`,
  icc: `${prefix}enable_icc`,
  masquerade: `${prefix}enable_ip_masquerade`,
  hostBinding: `${prefix}host_binding_ipv4`,
  defaultBridge: `${prefix}default_bridge`,
  mtu: "com.docker.network.driver.mtu",
} as const;

const known = new Set<string>(Object.values(optionNames));
const maxInterfaceName = 15;

export function bridgeOptions(network: NetworkRecord): BridgeOptions {
  const options = network.options;
  for (const key of Object.keys(options)) {
    if (key.startsWith("com.docker.network.") && !known.has(key)) {
      throw invalidArgument(`network option ${JSON.stringify(key)} is not supported`);
    }
  }
  const bridge = options[optionNames.name] || `br-${network.id.slice(0, 12)}`;
  if (bridge.length > maxInterfaceName || !/^[A-Za-z0-9_.-]+$/.test(bridge) || /^\.{1,2}$/.test(bridge)) {
    throw invalidArgument(`invalid bridge name ${JSON.stringify(bridge)}`);
  }
  const mtu = Number(options[optionNames.mtu] ?? "1500");
  if (!Number.isInteger(mtu) || mtu < 68 || mtu > 65535) {
    throw invalidArgument(`invalid MTU ${JSON.stringify(options[optionNames.mtu])}`);
  }
  const hostBinding = options[optionNames.hostBinding] || "0.0.0.0";
  if (!isIpv4(hostBinding))
    throw invalidArgument(`invalid host binding address ${JSON.stringify(hostBinding)}`);
  return {
    bridge,
    connected: flag(options, optionNames.icc, true),
    masquerade: flag(options, optionNames.masquerade, true),
    mtu,
    hostBinding,
    isDefault: flag(options, optionNames.defaultBridge, false),
  };
}

function flag(options: Readonly<Record<string, string>>, name: string, otherwise: boolean): boolean {
  const value = options[name];
  if (value === undefined || value === "") return otherwise;
  if (/^(1|t|true)$/i.test(value)) return true;
  if (/^(0|f|false)$/i.test(value)) return false;
  throw invalidArgument(`invalid value ${JSON.stringify(value)} for network option ${JSON.stringify(name)}`);
}
