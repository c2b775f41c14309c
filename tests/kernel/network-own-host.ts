import { closeSync, openSync } from "node:fs";
import { bindLibc, checked } from "../../src/sys/libc.ts";
import { findLink, setLinkUp } from "../../src/sys/netlink/links.ts";
import { NETLINK_ROUTE, NetlinkSocket } from "../../src/sys/netlink/socket.ts";

const libc = bindLibc({
  unshare: { args: ["i32"], returns: "i32" },
  setns: { args: ["i32", "i32"], returns: "i32" },
});
const CLONE_NEWNET = 0x40000000;

/**
 * Moves this process into a fresh network namespace that plays the host, so that a test sees
 * no foreign firewall and leaves the machine's own network alone. Sockets and child processes
 * started afterwards belong to it. Gives the way back.
 */
export function enterOwnHost(): () => void {
  const home = openSync("/proc/thread-self/ns/net", "r");
  checked("make a network namespace", libc().unshare(CLONE_NEWNET));
  using socket = new NetlinkSocket(NETLINK_ROUTE);
  socket.change("bring loopback up", setLinkUp(findLink(socket, "lo")?.index ?? 1));
  return () => {
    checked("return to the host", libc().setns(home, CLONE_NEWNET));
    closeSync(home);
  };
}
