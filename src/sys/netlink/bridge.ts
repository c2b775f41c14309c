import { internal } from "../../errors/engine-error.ts";
import { familyOf } from "../../lib/ip.ts";
import { errnoOf } from "../errno-of.ts";
import { canWriteSysctl, readSysctl, writeSysctl } from "../sysctl.ts";
import { addAddress, deleteAddress, listAddresses } from "./addresses.ts";
import { findLink, type Link, setLinkMtu, setLinkUp, withoutAutomaticIpv6 } from "./links.ts";
import { addBridge } from "./new-links.ts";
import { NETLINK_ROUTE, NetlinkSocket } from "./socket.ts";

export interface InterfaceAddress {
  readonly address: string;
  readonly prefixLength: number;
  /** IPv4 only. */
  readonly broadcast?: string;
}

export interface BridgeSettings {
  readonly name: string;
  readonly group: number;
  readonly macAddress: string;
  readonly mtu: number;
  readonly addresses: readonly InterfaceAddress[];
  /** Route 127.0.0.0/8 over it, for ports published on the host's loopback. */
  readonly loopback: boolean;
}

/** One thing about a bridge that is not as it shall be. */
interface Fault {
  readonly what: string;
  mend(): void;
}

/** Makes the bridge be there, be up and have its addresses. What is so already stays untouched. */
export function ensureBridge(settings: BridgeSettings): void {
  using socket = new NetlinkSocket(NETLINK_ROUTE);
  try {
    socket.change(`make bridge "${settings.name}"`, addBridge(settings));
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") throw error;
  }
  for (const fault of faultsOf(socket, settings)) fault.mend();
}

/** In what a bridge that is there differs from what it shall be, in words. */
export function bridgeFaults(settings: BridgeSettings): string[] {
  using socket = new NetlinkSocket(NETLINK_ROUTE);
  return faultsOf(socket, settings).map((fault) => fault.what);
}

/** In the order they have to be mended. A bridge that is not ours keeps what its owner gave it. */
function faultsOf(socket: NetlinkSocket, settings: BridgeSettings): Fault[] {
  const { name } = settings;
  const bridge = findLink(socket, name);
  if (bridge?.kind !== "bridge") throw internal(`network interface "${name}" exists and is not a bridge`);
  const isOurs = bridge.group === settings.group;
  const hasIpv6 = settings.addresses.some(({ address }) => familyOf(address) === 6);
  return [
    ...(isOurs && bridge.mtu !== settings.mtu
      ? [
          {
            what: `its MTU is ${bridge.mtu} instead of ${settings.mtu}`,
            mend: () => socket.change(`set the MTU of "${name}"`, setLinkMtu(bridge.index, settings.mtu)),
          },
        ]
      : []),
    // Hosts may have IPv6 off by default; and we are the router here, others' announcements are not for us.
    ...(hasIpv6
      ? [...sysctlFault(name, "ipv6", "disable_ipv6", "0"), ...sysctlFault(name, "ipv6", "accept_ra", "0")]
      : []),
    ...addressFaults(socket, bridge, settings),
    ...(bridge.up
      ? []
      : [
          {
            what: "it is down",
            mend: () => {
              // Fails on a kernel without IPv6, where there is nothing to switch off.
              socket.changeAll(`configure bridge "${name}"`, [withoutAutomaticIpv6(bridge.index)]);
              socket.change(`bring bridge "${name}" up`, setLinkUp(bridge.index));
            },
          },
        ]),
    // Where it cannot be set, published ports on loopback need a copying proxy.
    ...(settings.loopback && canWriteSysctl(["net", "ipv4", "conf", name, "route_localnet"])
      ? sysctlFault(name, "ipv4", "route_localnet", "1")
      : []),
  ];
}

function sysctlFault(link: string, family: "ipv4" | "ipv6", setting: string, value: string): Fault[] {
  const name = ["net", family, "conf", link, setting];
  if (readSysctl(name) === value) return [];
  return [
    { what: `its ${family} setting ${setting} is not ${value}`, mend: () => void writeSysctl(name, value) },
  ];
}

function addressFaults(socket: NetlinkSocket, bridge: Link, settings: BridgeSettings): Fault[] {
  const action = `give bridge "${settings.name}" its address`;
  const isSame = (a: InterfaceAddress, b: InterfaceAddress) =>
    a.address === b.address && a.prefixLength === b.prefixLength;
  const present = listAddresses(socket, bridge.index);
  const isOurs = bridge.group === settings.group;
  const odd = present.filter((one) => isOurs && !settings.addresses.some((wanted) => isSame(one, wanted)));
  const missing = settings.addresses.filter((wanted) => !present.some((one) => isSame(one, wanted)));
  return [
    ...odd.map((one) => ({
      what: `it has the address ${one.address}/${one.prefixLength}, which is not its own`,
      mend: () => socket.change(action, deleteAddress(one)),
    })),
    ...missing.map((wanted) => ({
      what: `its address ${wanted.address}/${wanted.prefixLength} is missing`,
      mend: () => socket.change(action, addAddress({ linkIndex: bridge.index, ...wanted })),
    })),
  ];
}
