import { describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openContentStore } from "../../src/content/disk-content-store.ts";
import { openImageStore } from "../../src/images/disk-image-store.ts";
import { restoreLayers } from "../../src/images/restore-layers.ts";
import { openRecords } from "../../src/records/sqlite-records.ts";
import { openOverlaySnapshotter } from "../../src/snapshots/overlay-snapshotter.ts";
import { FakeDistribution } from "../fakes/fake-distribution.ts";
import { deedProgram, killedIn, partialIn, restart } from "../setup/image-crash.ts";
import { bytesOf, makeImage, makeImageStore, streamOfBytes, tar } from "../setup/image-stores.ts";
import { addRemoteImage } from "../setup/remote-image.ts";

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

test.each(["content.commit", "image.push.manifest"])(
  "kill -9 at %s while layers are compressed for a push leaves the image whole, in its old form or the new",
  async (place) => {
    await inDirectory(async (directory, archive) => {
      killedIn(directory, "", "load", archive);
      killedIn(directory, "", "create", "crash:1");
      expect(killedIn(directory, `${place}=1*exit`, "push", "crash:1")).toBe(true);
      expect((await restart(directory)).sort()).toEqual(["", "crash:1"]);
      expect(killedIn(directory, "", "push", "crash:1")).toBe(false);
      expect((await restart(directory)).sort()).toEqual(["", "crash:1"]);
    });
  },
);

test("a failing disk while loading is an error, not a broken image", async () => {
  await inDirectory(async (directory, archive) => {
    const result = Bun.spawnSync([process.execPath, deedProgram, directory, "load", archive], {
      env: { ...process.env, HULL_FAIL: "snapshot.commit=1*EIO" },
      stderr: "pipe",
    });
    expect(result.exitCode).not.toBe(0);
    expect(result.stderr.toString()).toContain("EIO");
    expect(readFileSync(archive).length).toBeGreaterThan(0);
    expect(await restart(directory)).toEqual([]);
  });
});

describe("kill -9 while pulling", () => {
  function remoteImage() {
    const fake = new FakeDistribution();
    const noise = Buffer.from(crypto.getRandomValues(new Uint8Array(65536))).toString("hex");
    addRemoteImage(fake, "a/b", "1", [
      { tar: tar({ path: "lower", content: noise.repeat(4) }) },
      { tar: tar({ path: "upper", content: noise.repeat(20) }) },
    ]);
    return fake;
  }

  const places = [
    ["pull.download", 3],
    ["image.load.layer", 1],
    ["snapshot.commit", 1],
    ["pull.commit", 1],
    ["content.commit", 1],
    ["image.record", 1],
    ["image.tag", 1],
  ] as const;

  test.each(places)(
    "at %s leaves a download to go on with or nothing, never a broken image",
    async (place) => {
      using fake = remoteImage();
      const name = `${fake.address}/a/b:1`;
      await inDirectory(async (directory) => {
        expect(await killedWhilePulling(directory, `${place}=1*exit`, name)).toBe(true);
        expect([[], [""], [name]]).toContainEqual(await restart(directory));
        expect(await killedWhilePulling(directory, "", name)).toBe(false);
        expect(await restart(directory)).toEqual([name]);
        expect(partialIn(directory)).toEqual([]);
      });
    },
  );

  test("what was downloaded is not downloaded again", async () => {
    using fake = remoteImage();
    const name = `${fake.address}/a/b:1`;
    await inDirectory(async (directory) => {
      expect(await killedWhilePulling(directory, "pull.commit=1*exit", name)).toBe(true);
      expect(await restart(directory)).toEqual([]);
      expect(partialIn(directory).length).toBe(2);
      fake.asked.length = 0;
      expect(await killedWhilePulling(directory, "", name)).toBe(false);
      expect(fake.paths().filter((path) => path.includes("/blobs/")).length).toBe(1);
      expect(await restart(directory)).toEqual([name]);
    });
  });

  /** Not at once, as the others: the registry lives in this process. */
  async function killedWhilePulling(directory: string, failpoint: string, name: string): Promise<boolean> {
    const child = Bun.spawn([process.execPath, deedProgram, directory, "pull", name], {
      env: { ...process.env, HULL_FAIL: failpoint },
      stdout: "ignore",
      stderr: "pipe",
    });
    const [code, words] = await Promise.all([child.exited, child.stderr.text()]);
    if (child.signalCode !== "SIGKILL" && code !== 0) throw new Error(words);
    return child.signalCode === "SIGKILL";
  }
});

test("layers that a loss of power took are unpacked again at the next start", async () => {
  await inDirectory(async (directory, archive) => {
    killedIn(directory, "", "load", archive);
    for (const number of readdirSync(join(directory, "snapshots"))) {
      const note = join(directory, "snapshots", number, "meta.json");
      const lost = { ...JSON.parse(readFileSync(note, "utf8")), boot: "another start of the machine" };
      writeFileSync(note, JSON.stringify(lost));
    }
    const records = openRecords(join(directory, "hull.db"));
    const content = openContentStore(join(directory, "content"));
    const snapshots = openOverlaySnapshotter(join(directory, "snapshots"));
    const images = openImageStore({ content, snapshots, table: records.images });
    expect(await snapshots.list()).toEqual([]);
    await restoreLayers(images, snapshots);
    expect((await snapshots.list()).length).toBe(2);
    records.close();
    expect(await restart(directory)).toEqual(["crash:1"]);
  });
});
