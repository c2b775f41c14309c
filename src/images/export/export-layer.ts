import { constants } from "node:fs";
import { epochSeconds } from "../../lib/tar/entry.ts";
import {
  type ChangesOptions,
  engineMountPoints,
  type LayerChange,
  layerChanges,
} from "../../snapshots/layer-changes.ts";
import type { Snapshotter } from "../../snapshots/snapshotter.ts";
import { closeFd, O_PATH, openRoot, tryOpenInRoot } from "../../sys/rooted-path.ts";
import { streamOf, TarPacker } from "./tar-packer.ts";

/** The directories a key or a name consists of: its own, and those below it, nearest first. */
export async function snapshotDirectories(
  snapshots: Snapshotter,
  keyOrName: string,
): Promise<{ upper: string; lowers: string[] }> {
  const lowers: string[] = [];
  const own = await snapshots.stat(keyOrName);
  for (let layer = own?.parent; layer !== undefined; ) {
    lowers.push(await snapshots.layerDirectory(layer));
    layer = (await snapshots.stat(layer))?.parent;
  }
  const isKey = own !== undefined && own.kind !== "committed";
  const upper = await (isKey ? snapshots.upper(keyOrName) : snapshots.layerDirectory(keyOrName));
  return { upper, lowers };
}

const withoutMountPoints: ChangesOptions = { ignoreEmpty: engineMountPoints };

/** What a container changed against its image: `docker diff`. */
export async function diffOfSnapshot(
  snapshots: Snapshotter,
  key: string,
  options: ChangesOptions = withoutMountPoints,
): Promise<LayerChange[]> {
  const { upper, lowers } = await snapshotDirectories(snapshots, key);
  return layerChanges(upper, lowers, options);
}

/** The changes of a snapshot as a layer tar with OCI whiteouts: `docker commit`. */
export function exportLayer(
  snapshots: Snapshotter,
  key: string,
  options: ChangesOptions = withoutMountPoints,
): ReadableStream<Uint8Array> {
  return streamOf(layerChunks(snapshots, key, options));
}

async function* layerChunks(
  snapshots: Snapshotter,
  key: string,
  options: ChangesOptions,
): AsyncGenerator<Uint8Array> {
  const { upper, lowers } = await snapshotDirectories(snapshots, key);
  yield* packChanges(upper, await layerChanges(upper, lowers, options));
}

/** Changes of a directory as a layer tar. */
export async function* packChanges(
  directory: string,
  changes: readonly LayerChange[],
): AsyncGenerator<Uint8Array> {
  const packer = new TarPacker();
  const root = openRoot(directory);
  const parents = new OpenParent(root);
  // No machine and no time leaves a mark in what is not there.
  const never = epochSeconds(0);
  try {
    for (const { path, kind, isWhole } of changes) {
      const relative = path.slice(1);
      const slash = relative.lastIndexOf("/");
      const [above, name] = [relative.slice(0, Math.max(slash, 0)), relative.slice(slash + 1)];
      if (kind === "deleted") {
        const hidden = above === "" ? `.wh.${name}` : `${above}/.wh.${name}`;
        yield* packer.addHeader({
          path: hidden,
          type: "file",
          mode: 0,
          uid: 0,
          gid: 0,
          size: 0,
          modified: never,
        });
        continue;
      }
      const dir = parents.open(above);
      if (dir === undefined) continue;
      yield* isWhole ? packer.addTree(dir, name, relative) : packer.add(dir, name, relative);
    }
    yield* packer.end();
  } finally {
    parents.close();
    closeFd(root);
  }
}

/** The directory of the current change, open: changes come sorted, so it is mostly the last one. */
class OpenParent {
  readonly #root: number;
  #path: string | undefined;
  #fd = -1;

  constructor(root: number) {
    this.#root = root;
  }

  open(path: string): number | undefined {
    if (path !== this.#path) {
      this.close();
      this.#fd = tryOpenInRoot(this.#root, path === "" ? "/" : path, O_PATH | constants.O_DIRECTORY);
      this.#path = path;
    }
    return this.#fd < 0 ? undefined : this.#fd;
  }

  close(): void {
    if (this.#fd >= 0) closeFd(this.#fd);
    this.#fd = -1;
    this.#path = undefined;
  }
}
