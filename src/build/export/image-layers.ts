import { internal } from "../../errors/engine-error.ts";
import type { StoredImage } from "../../images/stored-image.ts";
import type { Snapshotter } from "../../snapshots/snapshotter.ts";
import { namesOf } from "../../snapshots/whole-snapshots.ts";
import type { Operation } from "../plan/operation.ts";

/** The image at the bottom of a stage; undefined for one from scratch. */
export function baseImageOf(top: Operation): StoredImage | undefined {
  for (let operation = top; ; ) {
    if (operation.kind === "image") return operation.image;
    if (!("base" in operation)) return undefined;
    operation = operation.base;
  }
}

export interface NewSnapshot {
  readonly name: string;
  readonly created: string | undefined;
}

/** The snapshots of a tree that are not its base image's, lowest first. */
export async function snapshotsAbove(
  snapshots: Snapshotter,
  top: string,
  base: string | undefined,
): Promise<NewSnapshot[]> {
  const found: NewSnapshot[] = [];
  for (let name: string | undefined = top; name !== undefined; ) {
    const info = await snapshots.stat(name);
    if (!info) throw internal(`snapshot "${name}" of a finished step is gone`);
    if (base !== undefined && namesOf(info).includes(base)) break;
    found.push({ name, created: info.created });
    name = info.parent;
    if (name === undefined && base !== undefined)
      throw internal(`the base image of "${top}" was removed while it was built`);
  }
  return found.reverse();
}
