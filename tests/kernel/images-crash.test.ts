import { expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openContentStore } from "../../src/content/disk-content-store.ts";
import { openImageStore } from "../../src/images/disk-image-store.ts";
import { sha256 } from "../../src/oci/digest.ts";
import { openRecords } from "../../src/records/sqlite-records.ts";
import { openOverlaySnapshotter } from "../../src/snapshots/overlay-snapshotter.ts";
import { bytesOf, makeImage, makeImageStore, streamOfBytes, tar } from "../setup/image-stores.ts";

const program = new URL("../programs/image-deed.ts", import.meta.url).pathname;

function killedIn(directory: string, failpoint: string, ...deed: string[]): boolean {
  const result = Bun.spawnSync([process.execPath, program, directory, ...deed], {
    env: { ...process.env, HULL_FAIL: failpoint },
    stderr: "pipe",
  });
  if (result.signalCode !== "SIGKILL" && result.exitCode !== 0) throw new Error(result.stderr.toString());
  return result.signalCode === "SIGKILL";
}

/** What the next engine does with a data root, and what it finds then. */
async function restart(directory: string) {
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
  expect(readdirSync(join(directory, "content/ingest"))).toEqual([]);
  const layers = new Set(list.flatMap((image) => image.config.rootfs.diff_ids)).size;
  expect(readdirSync(join(directory, "snapshots")).length).toBe(layers);
  records.close();
  return list.map(({ tags }) => tags.join());
}

async function archiveOfTwoLayers(): Promise<Uint8Array<ArrayBuffer>> {
  await using setting = makeImageStore();
  const base = await makeImage(setting.images, "base");
  const big = tar({ path: "big", content: Buffer.alloc(3_000_000, "big") });
  const top = await setting.images.create({
    parent: base.id,
    layer: streamOfBytes(big),
    runConfig: {},
    platform: base.config,
    history: { created_by: "big" },
  });
  await setting.images.tag(top.id, "crash:1");
  // Awaited here: the store goes when this function returns.
  return await bytesOf(await setting.images.save(["crash:1"]));
}

async function inDirectory(use: (directory: string, archive: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "hull-crash-"));
  try {
    const archive = join(directory, "archive.tar");
    await Bun.write(archive, await archiveOfTwoLayers());
    await Bun.write(join(directory, "layer.tar"), tar({ path: "new", content: "new" }));
    await use(directory, archive);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

test.each(["content.commit", "image.load.layer", "snapshot.commit", "image.record", "image.tag"])(
  "kill -9 at %s while loading leaves no image or a whole one, and nothing else",
  async (place) => {
    await inDirectory(async (directory, archive) => {
      expect(killedIn(directory, `${place}=1*exit`, "load", archive)).toBe(true);
      const afterwards = await restart(directory);
      expect([[], [""]]).toContainEqual(afterwards);
      expect(killedIn(directory, "", "load", archive)).toBe(false);
      expect(await restart(directory)).toEqual(["crash:1"]);
    });
  },
);

test.each(["content.commit", "image.load.layer", "snapshot.commit", "image.record"])(
  "kill -9 at %s while making an image keeps the parent and drops the rest",
  async (place) => {
    await inDirectory(async (directory, archive) => {
      killedIn(directory, "", "load", archive);
      expect(killedIn(directory, `${place}=1*exit`, "create", "crash:1")).toBe(true);
      expect(await restart(directory)).toEqual(["crash:1"]);
      expect(killedIn(directory, "", "create", "crash:1")).toBe(false);
      expect((await restart(directory)).length).toBe(2);
    });
  },
);

test.each(["image.delete", "snapshot.remove"])(
  "kill -9 at %s while removing leaves nothing",
  async (place) => {
    await inDirectory(async (directory, archive) => {
      killedIn(directory, "", "load", archive);
      expect(killedIn(directory, `${place}=1*exit`, "remove", "crash:1")).toBe(true);
      expect(await restart(directory)).toEqual([]);
    });
  },
);

test("a failing disk while loading is an error, not a broken image", async () => {
  await inDirectory(async (directory, archive) => {
    const result = Bun.spawnSync([process.execPath, program, directory, "load", archive], {
      env: { ...process.env, HULL_FAIL: "snapshot.commit=1*EIO" },
      stderr: "pipe",
    });
    expect(result.exitCode).not.toBe(0);
    expect(result.stderr.toString()).toContain("EIO");
    expect(readFileSync(archive).length).toBeGreaterThan(0);
    expect(await restart(directory)).toEqual([]);
  });
});
