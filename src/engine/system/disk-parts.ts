import { basename, dirname } from "node:path";
import { diskBlocks } from "../../sys/disk-blocks.ts";
import type { EngineContext } from "../context.ts";
import type { DiskPart, DiskPartName, DiskParts } from "../services/system.ts";

/** Folders and files right below the data root. */
const folders: Readonly<Record<string, DiskPartName>> = {
  content: "image-blobs",
  containers: "container-files",
  volumes: "volumes",
  build: "build",
  bin: "programs",
};

/** Snapshots lie two levels below the root: `snapshots/12`. */
const depth = 2;

/** What the data root takes on its disk, part by part: all of it, so that the sum is that of `du -x`. */
export async function diskParts(context: EngineContext): Promise<DiskParts> {
  const { dataRoot } = context.settings;
  const owners = await snapshotOwners(context);
  const partOf = ([first = "", second]: readonly string[]): DiskPartName | undefined => {
    if (first.startsWith("hull.db")) return "database";
    if (first === "snapshots") return second === undefined ? "other" : owners.get(second);
    return folders[first];
  };
  const sums = await diskBlocks<DiskPartName>(dataRoot, "other", partOf, depth);
  const parts = [...sums].map(([name, bytes]): DiskPart => ({ name, bytes }));
  return { root: dataRoot, parts, total: parts.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** Folders of snapshots by what they belong to: what is no image's and no container's is the builder's. */
async function snapshotOwners(context: EngineContext): Promise<Map<string, DiskPartName>> {
  const { snapshots } = context;
  const all = await snapshots.list();
  const names = new Map(
    all.flatMap((one) => [one.name, ...(one.others ?? [])].map((name) => [name, one] as const)),
  );
  const ofImages = new Set<string>();
  for (const { chainId } of await context.images.list()) {
    for (let name: string | undefined = chainId; name !== undefined; ) {
      const found = names.get(name);
      if (!found || ofImages.has(found.name)) break;
      ofImages.add(found.name);
      name = found.parent;
    }
  }
  const ofContainers = new Set<string>(context.containers.all().map(({ id }) => id));
  const owners = new Map<string, DiskPartName>();
  for (const { name } of all) {
    const folder = basename(dirname(await snapshots.layerDirectory(name)));
    const part = ofImages.has(name) ? "image-layers" : ofContainers.has(name) ? "container-layers" : "build";
    owners.set(folder, part);
  }
  return owners;
}
