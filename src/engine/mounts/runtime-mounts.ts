import { forbidden, invalidArgument } from "../../errors/engine-error.ts";
import type { MountPoint } from "../../records/container-record.ts";
import type { RuntimeMount } from "../../runtime/runtime.ts";
import type { MountInfo } from "../../sys/mountinfo.ts";
import { isWithin } from "./plan-mounts.ts";
import { mergeTmpfsOptions } from "./tmpfs-options.ts";

/** What decides about the options of a mount besides the mount itself. */
export interface RuntimeFeatures {
  /** Runtime and kernel can make a whole tree of mounts read-only (`rro`, Linux 5.12). */
  readonly recursiveReadOnly: boolean;
  readonly dataRoot: string;
  readonly hostMounts: readonly MountInfo[];
}

/** A bind for the runtime; `source` is where the data is on the host now. */
export function runtimeBind(
  mount: MountPoint,
  source: string,
  features: RuntimeFeatures,
  isDirectory = true,
): RuntimeMount {
  const options = [mount.nonRecursive ? "bind" : "rbind"];
  // Below a file there is nothing to be recursive about, and crun takes `rro` for directories only.
  if (mount.readOnly) options.push(isDirectory ? readOnlyWord(mount, features) : "ro");
  const propagation = allowedPropagation(mount, features);
  if (propagation !== "") options.push(propagation);
  return { destination: mount.destination, type: "bind", source, options };
}

function readOnlyWord(mount: MountPoint, features: RuntimeFeatures): string {
  if (mount.readOnlyScope === "top" || mount.nonRecursive) return "ro";
  if (features.recursiveReadOnly) return "rro";
  if (mount.readOnlyScope === "all")
    throw invalidArgument(
      `mount "${mount.destination}": the runtime or the kernel cannot make bind mounts recursively read-only`,
    );
  return "ro";
}

/** Sharing needs a source that is shared on the host; a private one would silently do nothing. */
function allowedPropagation(mount: MountPoint, features: RuntimeFeatures): string {
  const { propagation, source } = mount;
  const wantsShared = propagation === "shared" || propagation === "rshared";
  const wantsSlave = propagation === "slave" || propagation === "rslave";
  if (!wantsShared && !wantsSlave) return propagation;
  const host = mountHolding(source, features.hostMounts);
  const isShared = host?.propagation.some((word) => word.startsWith("shared:")) ?? false;
  const isSlave = host?.propagation.some((word) => word.startsWith("master:")) ?? false;
  if (isShared || (wantsSlave && isSlave)) return propagation;
  const place = host?.mountpoint ?? "/";
  if (wantsShared) throw forbidden(`path ${source} is mounted on ${place} but it is not a shared mount`);
  // A bind of the data root got `rslave` from us, not from the user.
  const ours = isWithin(source, features.dataRoot) || isWithin(features.dataRoot, source);
  if (ours) return "rprivate";
  throw forbidden(`path ${source} is mounted on ${place} but it is not a shared or slave mount`);
}

/** The mount a path lies on: the deepest one, the last of several at the same place. */
function mountHolding(path: string, mounts: readonly MountInfo[]): MountInfo | undefined {
  let best: MountInfo | undefined;
  for (const mount of mounts) {
    if (!isWithin(path, mount.mountpoint)) continue;
    if (!best || mount.mountpoint.length >= best.mountpoint.length) best = mount;
  }
  return best;
}

export function runtimeTmpfs(destination: string, options: string): RuntimeMount {
  return { destination, type: "tmpfs", source: "tmpfs", options: mergeTmpfsOptions(options) };
}

/** Parents before children, otherwise by name: so that nested mounts end up inside each other. */
export function sortedMounts(mounts: readonly RuntimeMount[]): RuntimeMount[] {
  const depth = (mount: RuntimeMount) => mount.destination.split("/").filter((part) => part !== "").length;
  return mounts.toSorted(
    (a, b) =>
      depth(a) - depth(b) || Number(a.destination > b.destination) - Number(a.destination < b.destination),
  );
}
