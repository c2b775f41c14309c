import { internal } from "../../errors/engine-error.ts";
import { errnoOf } from "../errno-of.ts";
import { writeSysctl } from "../sysctl.ts";
import { addAddress, deleteAddress, listAddresses } from "./addresses.ts";
import { addBridge, findLink, type Link, setLinkUp, withoutAutomaticIpv6 } from "./links.ts";
import { NETLINK_ROUTE, NetlinkSocket } from "./socket.ts";

export interface BridgeSettings {
  readonly name: string;
  readonly group: number;
  readonly macAddress: string;
  readonly mtu: number;
  readonly gateway: string;
  readonly prefixLength: number;
  readonly broadcast: string;
  /** Route 127.0.0.0/8 over it, for ports published on the host's loopback. */
  readonly loopback: boolean;
}

/** Makes the bridge be there, be up and have its address. What is so already stays untouched. */
export function ensureBridge(settings: BridgeSettings): void {
  using socket = new NetlinkSocket(NETLINK_ROUTE);
  try {
    socket.change(`make bridge "${settings.name}"`, addBridge(settings));
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") throw error;
  }
  const bridge = findLink(socket, settings.name);
  if (bridge?.kind !== "bridge") {
    throw internal(`network interface "${settings.name}" exists and is not a bridge`);
  }
  giveAddress(socket, bridge, settings);
  if (!bridge.up) {
    socket.changeAll(`configure bridge "${settings.name}"`, [withoutAutomaticIpv6(bridge.index)]);
    socket.change(`bring bridge "${settings.name}" up`, setLinkUp(bridge.index));
  }
  if (settings.loopback) writeSysctl(["net", "ipv4", "conf", settings.name, "route_localnet"], "1");
}

function giveAddress(socket: NetlinkSocket, bridge: Link, settings: BridgeSettings): void {
  const action = `give bridge "${settings.name}" its address`;
  let hasAddress = false;
  for (const one of listAddresses(socket)) {
    if (one.linkIndex !== bridge.index) continue;
    if (one.address === settings.gateway && one.prefixLength === settings.prefixLength) hasAddress = true;
    // An address of earlier settings; on a bridge that is not ours they are the user's.
    else if (bridge.group === settings.group) socket.change(action, deleteAddress(one));
  }
  if (hasAddress) return;
  const { gateway: address, prefixLength, broadcast } = settings;
  socket.change(action, addAddress({ linkIndex: bridge.index, address, prefixLength, broadcast }));
}
