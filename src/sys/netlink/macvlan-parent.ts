import { invalidArgument, notImplemented } from "../../errors/engine-error.ts";
import { errnoOf } from "../errno-of.ts";
import { findLink, setLinkUp } from "./links.ts";
import { addDummy, addPair, addVlan } from "./new-links.ts";
import { NETLINK_ROUTE, NetlinkSocket } from "./socket.ts";

/** Makes the VLAN `eth0.10` of `eth0`, or a link that leads nowhere, unless a link of that name is there. */
export function ensureParent(plan: {
  readonly name: string;
  readonly group: number;
  readonly vlan?: { readonly parent: string; readonly id: number };
}): void {
  using socket = new NetlinkSocket(NETLINK_ROUTE);
  const { name, group, vlan } = plan;
  if (findLink(socket, name)) return;
  if (vlan) {
    const parent = findLink(socket, vlan.parent);
    if (!parent)
      throw invalidArgument(
        `invalid subinterface vlan name ${name}: ${vlan.parent} is not an interface of this host`,
      );
    withKind("vlan", "8021q", () =>
      socket.change(
        `make VLAN interface "${name}"`,
        addVlan({ name, parentIndex: parent.index, id: vlan.id, group }),
      ),
    );
  } else {
    makeLoneLink(socket, name, group);
  }
  for (const made of [...new Set([name, otherEndOf(name)])].flatMap((link) => findLink(socket, link) ?? [])) {
    socket.change(`bring "${made.name}" up`, setLinkUp(made.index));
  }
}

/** A kernel without a kind of links says no more than that it does not support something. */
export function withKind(kind: string, module: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (errnoOf(error) !== "EOPNOTSUPP") throw error;
    throw notImplemented(`this kernel has no ${kind} interfaces (module ${module})`, error);
  }
}

/** Some kernels have no dummy links: there a pair that is connected to itself does. */
function makeLoneLink(socket: NetlinkSocket, name: string, group: number): void {
  const action = `make interface "${name}"`;
  try {
    socket.change(action, addDummy({ name, group }));
  } catch (error) {
    if (errnoOf(error) !== "EOPNOTSUPP") throw error;
    socket.change(action, addPair({ name, peerName: otherEndOf(name), group }));
  }
}

/** `dm-1a2b…` and `dx-1a2b…` */
const otherEndOf = (name: string): string => name.replace(/^dm-/, "dx-");
