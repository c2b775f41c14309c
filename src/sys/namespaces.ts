import { closeSync, mkdirSync, openSync, readdirSync, rmSync, statSync, unlinkSync } from "node:fs";
import { internal, isKind } from "../errors/engine-error.ts";
import { bindLibc, checked, cString } from "./libc.ts";
import { readMounts } from "./mountinfo.ts";
import {
  createNamespace,
  socketInNamespace,
  warmNamespaceCalls,
  writeInNamespace,
} from "./namespace-calls.ts";
import { setLinkUp } from "./netlink/links.ts";
import { NETLINK_ROUTE, NetlinkSocket } from "./netlink/socket.ts";
import { sysctlPath } from "./sysctl.ts";

const libc = bindLibc({
  setns: { args: ["i32", "i32"], returns: "i32" },
  mount: { args: ["ptr", "ptr", "ptr", "u64", "ptr"], returns: "i32" },
  umount2: { args: ["ptr", "i32"], returns: "i32" },
});

const CLONE_NEWNET = 0x40000000;
const MS_BIND = 4096n;
const MS_PRIVATE = 1n << 18n;
const MNT_DETACH = 2;
const ownNamespace = "/proc/thread-self/ns/net";

/**
 * Runs short synchronous work inside the network namespace kept at `path` and comes back,
 * whatever happens. For tools and tests: a thread that the JavaScript engine starts meanwhile
 * stays in there and holds the namespace, so the engine itself opens sockets in one call
 * (`socketInNamespace`).
 */
export function inNetworkNamespace<T>(path: string, work: () => T): T {
  const home = openSync(ownNamespace, "r");
  const target = openSync(path, "r");
  try {
    checked(`enter network namespace "${path}"`, libc().setns(target, CLONE_NEWNET));
    try {
      const result = work();
      // An await inside would let other code run in the wrong namespace.
      if (result instanceof Promise)
        throw internal("work in another network namespace must not be asynchronous");
      return result;
    } finally {
      if (libc().setns(home, CLONE_NEWNET) !== 0) process.abort();
    }
  } finally {
    closeSync(target);
    closeSync(home);
  }
}

/** A new network namespace, loopback up, kept alive by a bind mount at `path`; an old one there is dropped. */
export function createNetworkNamespace(path: string): void {
  dropNetworkNamespace(path);
  closeSync(openSync(path, "wx", 0o444));
  try {
    using socket = new NetlinkSocket(NETLINK_ROUTE, (kind) => createNamespace(path, kind));
    // Loopback is the first link of every namespace.
    socket.change("bring loopback up", setLinkUp(1));
  } catch (error) {
    dropNetworkNamespace(path);
    throw error;
  }
}

/** A netlink socket of the namespace kept at `path`. */
export function netlinkInNamespace(path: string): NetlinkSocket {
  return new NetlinkSocket(NETLINK_ROUTE, (kind) => socketInNamespace(path, kind));
}

/** Settings like `net.ipv6.conf.eth0.accept_ra` of the namespace kept at `path`. */
export function writeSysctlsInNamespace(
  path: string,
  settings: readonly (readonly [name: string | readonly string[], value: string])[],
): void {
  writeInNamespace(
    path,
    settings.map(([name, value]) => [sysctlPath(name), value]),
  );
}

/**
 * Lets go of the namespace at `path`; not there is fine. With the last process gone the
 * kernel removes its interfaces on its own time. Unlinking the file also detaches copies
 * of the mount that other mount namespaces may have inherited.
 */
export function dropNetworkNamespace(path: string): void {
  // More than once only if something was mounted over it again.
  while (libc().umount2(cString(path), MNT_DETACH) === 0);
  try {
    unlinkSync(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

const isMissing = (error: unknown): boolean =>
  isKind(error, "not_found") || (error instanceof Error && "code" in error && error.code === "ENOENT");

/**
 * Makes `directory` a mount of its own with private propagation, so that the namespace
 * files in it are not copied into every mount namespace of the machine.
 */
export function prepareNamespaceDirectory(directory: string): void {
  warmNamespaceCalls();
  mkdirSync(directory, { recursive: true, mode: 0o711 });
  if (isMountPoint(directory)) return;
  const path = cString(directory);
  checked(`mount "${directory}"`, libc().mount(path, path, cString(""), MS_BIND, null));
  checked(`mount "${directory}" private`, libc().mount(null, path, null, MS_PRIVATE, null));
}

/** The undo of `prepareNamespaceDirectory`; namespaces must be gone. */
export function releaseNamespaceDirectory(directory: string): void {
  while (isMountPoint(directory)) {
    checked(`unmount "${directory}"`, libc().umount2(cString(directory), MNT_DETACH));
  }
  rmSync(directory, { recursive: true, force: true });
}

const isMountPoint = (path: string): boolean => readMounts().some((mount) => mount.mountpoint === path);

/** Tells namespaces apart that were bound to the same path one after another; undefined: none is there. */
export function networkNamespaceId(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found && `${found.dev}:${found.ino}`;
}

/** Names of the namespace files in a directory. */
export function listNetworkNamespaces(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
