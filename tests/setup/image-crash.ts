import { expect } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { openContentStore } from "../../src/content/disk-content-store.ts";
import { openImageStore } from "../../src/images/disk-image-store.ts";
import { sha256 } from "../../src/oci/digest.ts";
import { openRecords } from "../../src/records/sqlite-records.ts";
import { openOverlaySnapshotter } from "../../src/snapshots/overlay-snapshotter.ts";

export const deedProgram = new URL("../programs/image-deed.ts", import.meta.url).pathname;

/** Does one deed on the image store of a directory; true when the failpoint killed it. */
export function killedIn(directory: string, failpoint: string, ...deed: string[]): boolean {
  const result = Bun.spawnSync([process.execPath, deedProgram, directory, ...deed], {
    env: { ...process.env, HULL_FAIL: failpoint },
    stderr: "pipe",
  });
  if (result.signalCode !== "SIGKILL" && result.exitCode !== 0) throw new Error(result.stderr.toString());
  return result.signalCode === "SIGKILL";
}

/**
 * What the next engine does with a data root, and what it finds then: the names of the images.
 * Nothing may be left that no image needs, but for downloads that can be gone on with.
 */
export async function restart(directory: string): Promise<string[]> {
  const records = openRecords(join(directory, "hull.db"));
  const content = openContentStore(join(directory, "content"));
  const snapshots = openOverlaySnapshotter(join(directory, "snapshots"));
  const images = openImageStore({ content, snapshots, table: records.images });
  await snapshots.repair(() => false);
  await images.collectGarbage();
  const list = await images.list();
  for (const image of list) {
    // Whole or not there: every blob has its digest, every layer is unpacked.
    for (const { digest } of [image.manifest, ...image.layers])
      expect(sha256(await content.read(digest))).toBe(digest);
    expect(await snapshots.stat((await images.unpacked(image)) ?? "")).toBeDefined();
  }
  const needed = new Set(
    list.flatMap((image) => [image.id, image.manifest.digest, ...image.layers.map(({ digest }) => digest)]),
  );
  const blobs = (await Array.fromAsync(content.list())).map(({ digest }) => digest);
  expect(blobs.filter((digest) => !needed.has(digest))).toEqual([]);
  expect(partialIn(directory).filter((name) => !name.endsWith(".resumable"))).toEqual([]);
  const layers = new Set(list.flatMap((image) => image.config.rootfs.diff_ids)).size;
  expect(readdirSync(join(directory, "snapshots")).length).toBe(layers);
  records.close();
  return list.map(({ tags }) => tags.join());
}

export function partialIn(directory: string): string[] {
  return readdirSync(join(directory, "content/ingest"));
}
