import { describe, expect, test } from "bun:test";
import { sha256 } from "../../src/oci/digest.ts";
import { type SweepOptions, sweep } from "../../src/registry/server/garbage/sweep.ts";
import { describeSwept } from "../../src/registry/server/garbage/sweep-tally.ts";
import { imageManifest, ociIndex, ociManifest, registryForTest } from "../setup/registry-client.ts";

const hour = 3_600_000;
type Hub = Awaited<ReturnType<typeof registryForTest>>;

/** Lines of what went, a day after everything was written and asked for. */
async function collect({ registry }: Hub, options: Partial<SweepOptions> = {}): Promise<string[]> {
  const { repositories, uploads } = registry.context;
  const all = { graceMs: hour, uploadAgeMs: 24 * hour, deleteUntagged: false, dryRun: false, ...options };
  const swept = await Array.fromAsync(sweep(repositories, uploads, all));
  return swept.map(describeSwept).map((line) => line.replace(/ [\d.]+[kMG]?B$/, ""));
}

function aDayLater({ storage, registry }: Hub): void {
  storage.age(25 * hour);
  registry.context.repositories.trimWanted(Number.POSITIVE_INFINITY);
}

describe("collecting the registry's garbage", () => {
  test("blobs that no manifest needs go, those in use and those of other repositories stay", async () => {
    await using hub = await registryForTest();
    const kept = await hub.pushImage("a", "v1", "kept");
    const gone = await hub.pushImage("a", "v2", "gone");
    await hub.ask("POST", `/v2/b/blobs/uploads/?mount=${gone.layer.digest}&from=a`);
    const config = await hub.pushBlob("b", "{}");
    await hub.putManifest("b", "v", imageManifest(config, [gone.layer]));
    await hub.ask("DELETE", `/v2/a/manifests/${gone.digest}`);
    aDayLater(hub);
    const dry = await collect(hub, { dryRun: true });
    const lines = await collect(hub);
    expect(dry).toEqual(lines);
    expect(lines.sort()).toEqual(
      [`blob ${gone.config.digest}`, `link a@${gone.config.digest}`, `link a@${gone.layer.digest}`].sort(),
    );
    expect((await hub.ask("GET", `/v2/a/blobs/${kept.layer.digest}`)).status).toBe(200);
    expect((await hub.ask("GET", `/v2/b/blobs/${gone.layer.digest}`)).status).toBe(200);
    expect((await hub.ask("GET", `/v2/a/blobs/${gone.layer.digest}`)).status).toBe(404);
    expect(await collect(hub)).toEqual([]);
  });

  test("what is young, or was asked for a moment ago, stays: a push may be in progress", async () => {
    await using hub = await registryForTest();
    const { digest, size } = await hub.pushBlob("a", "layer");
    expect(await collect(hub)).toEqual([]);
    aDayLater(hub);
    // The client learns that the blob is there, and goes on to its manifest.
    expect((await hub.ask("HEAD", `/v2/a/blobs/${digest}`)).status).toBe(200);
    expect(await collect(hub)).toEqual([]);
    const config = await hub.pushBlob("a", "{}");
    expect((await hub.putManifest("a", "v", imageManifest(config, [{ digest, size }]))).status).toBe(201);
  });

  test("untagged manifests go only when asked, and not those that a tag leads to", async () => {
    await using hub = await registryForTest();
    const inIndex = await hub.pushImage("a", "x", "in index");
    const entry = { mediaType: ociManifest, digest: inIndex.digest, size: inIndex.manifest.length };
    const index = JSON.stringify({ schemaVersion: 2, mediaType: ociIndex, manifests: [entry] });
    await hub.putManifest("a", "multi", index, ociIndex);
    await hub.ask("DELETE", "/v2/a/manifests/x");
    const about = imageManifest(await hub.pushBlob("a", "{}"), [], { subject: entry });
    await hub.putManifest("a", sha256(about), about);
    const lost = await hub.pushImage("a", "lost", "lost");
    await hub.ask("DELETE", "/v2/a/manifests/lost");
    aDayLater(hub);
    expect(await collect(hub)).toEqual([]);
    expect(await collect(hub, { deleteUntagged: true, graceMs: 48 * hour })).toEqual([]);
    const lines = await collect(hub, { deleteUntagged: true });
    expect(lines.filter((line) => line.startsWith("manifest"))).toEqual([`manifest a@${lost.digest}`]);
    expect((await hub.ask("GET", `/v2/a/manifests/${sha256(about)}`)).status).toBe(200);
    expect((await hub.ask("GET", `/v2/a/blobs/${lost.layer.digest}`)).status).toBe(404);
  });

  test("uploads that nobody goes on with go, and repositories that hold nothing", async () => {
    await using hub = await registryForTest();
    const upload = (await hub.ask("POST", "/v2/a/blobs/uploads/")).headers.get("location") ?? "";
    await hub.ask("PATCH", upload, "abc");
    const { digest } = await hub.pushImage("b/c", "v", "one");
    await hub.ask("DELETE", `/v2/b/c/manifests/${digest}`);
    aDayLater(hub);
    const lines = await collect(hub);
    expect(lines).toContain(`upload ${upload.split("/").at(-1)}`);
    expect(lines).toContain("repository b/c");
    expect((await hub.ask("GET", upload)).status).toBe(404);
    expect(await (await hub.ask("GET", "/v2/_catalog")).json()).toEqual({ repositories: [] });
    expect(hub.storage.stored.size).toBe(0);
    await hub.pushImage("b/c", "v", "one");
    expect(await (await hub.ask("GET", "/v2/_catalog")).json()).toEqual({ repositories: ["b/c"] });
  });

  test("collecting without any grace beside pushes never breaks an image that was accepted", async () => {
    await using hub = await registryForTest();
    let pushing = true;
    const collecting = (async () => {
      while (pushing) {
        await collect(hub, { graceMs: 2, uploadAgeMs: 0, deleteUntagged: true });
        await Bun.sleep(0);
      }
    })();
    let accepted = 0;
    for (let round = 0; round < 60; round++) {
      const tag = `t${round % 5}`;
      // Some are refused, as their blobs went in between: that is what the grace period is for.
      const image = await hub.pushImage("a", tag, `content ${round % 7}`).catch(() => undefined);
      if (!image) continue;
      accepted++;
      for (const { digest } of [image.config, image.layer]) {
        expect((await hub.ask("GET", `/v2/a/blobs/${digest}`)).status).toBe(200);
      }
    }
    pushing = false;
    await collecting;
    expect(accepted).toBeGreaterThan(0);
  });
});
