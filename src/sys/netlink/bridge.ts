import { internal } from "../../errors/engine-error.ts";
import { writeSysctl } from "../sysctl.ts";
import { addAddress, listAddresses } from "./addresses.ts";
import { addBridge, causeCode, findLink, setLinkUp, withoutAutomaticIpv6 } from "./links.ts";
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
    if (causeCode(error) !== "EEXIST") throw error;
  }
  const bridge = findLink(socket, settings.name);
  if (bridge?.kind !== "bridge") {
    throw internal(`network interface "${settings.name}" exists and is not a bridge`);
  }
  const hasAddress = listAddresses(socket).some(
    (one) =>
      one.linkIndex === bridge.index &&
      one.address === settings.gateway &&
      one.prefixLength === settings.prefixLength,
  );
  if (!hasAddress) {
    socket.change(
      `give bridge "${settings.name}" its address`,
      addAddress({
        linkIndex: bridge.index,
        address: settings.gateway,
        prefixLength: settings.prefixLength,
        broadcast: settings.broadcast,
      }),
    );
  }
  if (!bridge.up) {
    socket.changeAll(`configure bridge "${settings.name}"`, [withoutAutomaticIpv6(bridge.index)]);
    socket.change(`bring bridge "${settings.name}" up`, setLinkUp(bridge.index));
  }
  if (settings.loopback) writeSysctl(["net", "ipv4", "conf", settings.name, "route_localnet"], "1");
}
