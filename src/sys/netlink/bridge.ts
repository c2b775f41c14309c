import { internal } from "../../errors/engine-error.ts";
import { familyOf } from "../../lib/ip.ts";
import { errnoOf } from "../errno-of.ts";
import { writeSysctl } from "../sysctl.ts";
import { addAddress, deleteAddress, listAddresses } from "./addresses.ts";
import { addBridge, findLink, type Link, setLinkMtu, setLinkUp, withoutAutomaticIpv6 } from "./links.ts";
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

/**
 * Makes the bridge be there, be up and have its addresses. What is so already stays untouched.
 * Says what had to be mended of a bridge that was there.
 */
export function ensureBridge(settings: BridgeSettings): string[] {
  using socket = new NetlinkSocket(NETLINK_ROUTE);
  const isNew = makeBridge(socket, settings);
  const bridge = findLink(socket, settings.name);
  if (bridge?.kind !== "bridge") {
    throw internal(`network interface "${settings.name}" exists and is not a bridge`);
  }
  const mended: string[] = [];
  const isOurs = bridge.group === settings.group;
  if (isOurs && bridge.mtu !== settings.mtu && !isNew) {
    socket.change(`set the MTU of "${settings.name}"`, setLinkMtu(bridge.index, settings.mtu));
    mended.push(`its MTU is ${settings.mtu} again`);
  }
  const hasIpv6 = settings.addresses.some(({ address }) => familyOf(address) === 6);
  if (hasIpv6) prepareIpv6(settings.name);
  mended.push(...giveAddresses(socket, bridge, settings));
  if (!bridge.up) {
    socket.changeAll(`configure bridge "${settings.name}"`, [withoutAutomaticIpv6(bridge.index)]);
    socket.change(`bring bridge "${settings.name}" up`, setLinkUp(bridge.index));
    mended.push("it is up again");
  }
  if (settings.loopback) writeSysctl(["net", "ipv4", "conf", settings.name, "route_localnet"], "1");
  return isNew ? [] : mended;
}

function makeBridge(socket: NetlinkSocket, settings: BridgeSettings): boolean {
  try {
    socket.change(`make bridge "${settings.name}"`, addBridge(settings));
    return true;
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") throw error;
    return false;
  }
}

/** Hosts may have IPv6 off by default; and we are the router here, others' announcements are not for us. */
function prepareIpv6(name: string): void {
  writeSysctl(["net", "ipv6", "conf", name, "disable_ipv6"], "0");
  writeSysctl(["net", "ipv6", "conf", name, "accept_ra"], "0");
}

function giveAddresses(socket: NetlinkSocket, bridge: Link, settings: BridgeSettings): string[] {
  const action = `give bridge "${settings.name}" its address`;
  const isSame = (a: InterfaceAddress, b: InterfaceAddress) =>
    a.address === b.address && a.prefixLength === b.prefixLength;
  const present = listAddresses(socket).filter((one) => one.linkIndex === bridge.index);
  const mended: string[] = [];
  for (const one of present) {
    if (settings.addresses.some((wanted) => isSame(one, wanted))) continue;
    // An address of earlier settings; on a bridge that is not ours they are the user's.
    if (bridge.group !== settings.group) continue;
    socket.change(action, deleteAddress(one));
    mended.push(`address ${one.address} is taken off`);
  }
  for (const wanted of settings.addresses) {
    if (present.some((one) => isSame(one, wanted))) continue;
    socket.change(action, addAddress({ linkIndex: bridge.index, ...wanted }));
    mended.push(`it has address ${wanted.address} again`);
  }
  return mended;
}
