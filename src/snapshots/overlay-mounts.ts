import { join } from "node:path";
import type { Mount } from "./snapshotter.ts";

/**
 * Features that change the on-disk form of an upper directory are switched off whatever the
 * kernel's defaults are: a layer must mean the same on any stack and any machine.
 */
const plainForm = ["index=off", "redirect_dir=nofollow", "metacopy=off"];

/** The mounts that show a snapshot: overlay, or a bind mount where there is only one directory. */
export function overlayMounts(readOnly: boolean, directory: string, lowers: readonly string[]): Mount[] {
  const upper = join(directory, "fs");
  const [first] = lowers;
  if (first === undefined) return [bind(upper, readOnly)];
  if (readOnly && lowers.length === 1) return [bind(first, true)];
  const lowerdir = `lowerdir=${lowers.join(":")}`;
  if (readOnly) return [{ type: "overlay", source: "overlay", options: ["ro", lowerdir] }];
  const own = [`upperdir=${upper}`, `workdir=${join(directory, "work")}`];
  return [{ type: "overlay", source: "overlay", options: [lowerdir, ...own, ...plainForm] }];
}

function bind(source: string, readOnly: boolean): Mount {
  return { type: "bind", source, options: ["rbind", readOnly ? "ro" : "rw"] };
}
