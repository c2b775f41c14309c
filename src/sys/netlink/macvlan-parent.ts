import { invalidArgument } from "../../errors/engine-error.ts";
import { findLink, setLinkUp } from "./links.ts";
import { addDummy, addVlan } from "./new-links.ts";
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
    socket.change(
      `make VLAN interface "${name}"`,
      addVlan({ name, parentIndex: parent.index, id: vlan.id, group }),
    );
  } else {
    socket.change(`make interface "${name}"`, addDummy({ name, group }));
  }
  const made = findLink(socket, name);
  if (made) socket.change(`bring "${name}" up`, setLinkUp(made.index));
}
