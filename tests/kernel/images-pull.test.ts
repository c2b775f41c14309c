import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isKind } from "../../src/errors/engine-error.ts";
import type { PullProgress } from "../../src/images/pull/pull-options.ts";
import { Limiter } from "../../src/lib/limiter.ts";
import { type Digest, sha256 } from "../../src/oci/digest.ts";
import { mediaTypes } from "../../src/oci/manifest.ts";
import { parseReference, withDefaultTag } from "../../src/oci/reference.ts";
import { openRepository } from "../../src/registry/client/open-repository.ts";
import { brokenOff, FakeDistribution } from "../fakes/fake-distribution.ts";
import { inImage, makeImageStore, type StoreSetting, tar } from "../setup/image-stores.ts";
import { addRemoteImage } from "../setup/remote-image.ts";
import { until } from "../setup/until.ts";

const retries = { attempts: 3, pauseMs: 1, longestPauseMs: 20 };
const none = `sha256:${"0".repeat(64)}`;
const noDigest = none as Digest;

function begin(
  setting: StoreSetting,
  name: string,
  options: {
    limit?: number;
    signal?: AbortSignal;
    platform?: { os: string; architecture: string; variant?: string };
  } = {},
) {
  const reference = withDefaultTag(parseReference(name));
  const lines: PullProgress[] = [];
  const access = { credentials: undefined, insecureRegistries: [], certificateDirectories: [], retries };
  const done = setting.images.pull(
    { reference, repository: openRepository(reference, "pull", access) },
    {
      platform: options.platform,
      downloads: new Limiter(() => options.limit ?? 3),
      retries,
      onProgress: (line) => lines.push(line),
      signal: options.signal ?? new AbortController().signal,
    },
  );
  done.catch(() => {});
  return { done, lines };
}

async function pull(setting: StoreSetting, name: string, options: Parameters<typeof begin>[2] = {}) {
  const { done, lines } = begin(setting, name, options);
  return { ...(await done), lines };
}

const noise = (size: number) =>
  Buffer.from(crypto.getRandomValues(new Uint8Array(Math.min(size, 65536))))
    .toString("hex")
    .repeat(Math.ceil(size / 131072))
    .slice(0, size);

function file(path: string, size = 200_000) {
  return { tar: tar({ path, content: noise(size) }) };
}

function nothingIn(setting: StoreSetting): void {
  expect(setting.left()).toEqual({ blobs: [], partial: [], snapshots: [] });
}

const blobPaths = (fake: FakeDistribution) => fake.paths().filter((path) => path.includes("/blobs/"));

describe("pull", () => {
  test("layers in every compression, on top of each other, in Docker's order of words", async () => {
    await using setting = makeImageStore();
    using fake = new FakeDistribution();
    const { id, layers, descriptor } = addRemoteImage(fake, "a/b", "1", [
      { tar: tar({ path: "x", content: "lower" }, { path: "gone", content: "" }) },
      { tar: tar({ path: "y", content: "zstd" }, { path: ".wh.gone" }), compression: "zstd" },
      { tar: tar({ path: "x", content: "upper" }), compression: "none" },
    ]);
    const name = `${fake.address}/a/b:1`;
    const { digest, updated, lines } = await pull(setting, name);
    expect([digest, updated]).toEqual([descriptor.digest, true]);
    const image = await setting.images.find(name);
    expect(image.id).toBe(id);
    expect(image.repoDigests).toEqual([`${fake.address}/a/b@${digest}`]);
    await inImage(setting, image, (root) => {
      expect(readFileSync(join(root, "x"), "utf8")).toBe("upper");
      expect(readFileSync(join(root, "y"), "utf8")).toBe("zstd");
      expect(existsSync(join(root, "gone"))).toBeFalse();
    });
    expect([lines[0], lines.at(-1)]).toEqual([
      { id: "1", status: "Pulling from a/b" },
      { status: `Digest: ${digest}` },
    ]);
    for (const layer of layers) {
      const mine = lines.filter((line) => line.id === layer.digest.slice(7, 19)).map(({ status }) => status);
      const order = [
        "Pulling fs layer",
        "Waiting",
        "Downloading",
        "Verifying Checksum",
        "Download complete",
        "Extracting",
        "Pull complete",
      ];
      const places = mine.map((status) => order.indexOf(status));
      expect(places).toEqual(places.toSorted((a, b) => a - b));
      expect([places[0], places.at(-1)]).toEqual([0, order.length - 1]);
    }
    expect(setting.left().partial).toEqual([]);
  });

  test("a second time nothing is asked but the tag; a new tag of it is news without a download", async () => {
    await using setting = makeImageStore();
    using fake = new FakeDistribution();
    addRemoteImage(fake, "a/b", "1", [file("x")], { isDocker: true });
    for (const key of [...fake.manifests.keys()].filter((key) => key.endsWith(":1")))
      fake.manifests.set("a/b:2", fake.manifests.get(key) ?? { raw: new Uint8Array(), mediaType: "" });
    await pull(setting, `${fake.address}/a/b:1`);
    fake.asked.length = 0;
    expect((await pull(setting, `${fake.address}/a/b:1`)).updated).toBeFalse();
    expect(fake.paths()).toEqual([""]);
    expect((await pull(setting, `${fake.address}/a/b:2`)).updated).toBeTrue();
    expect(blobPaths(fake)).toEqual([]);
  });

  test("layers that are there already, and only those, are not downloaded", async () => {
    await using setting = makeImageStore();
    using fake = new FakeDistribution();
    const base = file("base");
    addRemoteImage(fake, "a/b", "1", [base]);
    const { layers } = addRemoteImage(fake, "a/b", "2", [base, file("top")]);
    await pull(setting, `${fake.address}/a/b:1`);
    fake.asked.length = 0;
    const { lines } = await pull(setting, `${fake.address}/a/b:2`);
    expect(lines[1]).toEqual({ id: layers[0]?.digest.slice(7, 19) ?? "", status: "Already exists" });
    expect(blobPaths(fake)).not.toContain(`a/b/blobs/${layers[0]?.digest}`);
    expect(blobPaths(fake)).toContain(`a/b/blobs/${layers[1]?.digest}`);
  });

  test("an index: the machine's platform, another one, a nested one, and one that is missing", async () => {
    await using setting = makeImageStore();
    using fake = new FakeDistribution();
    const images = ["amd64", "arm64"].map((architecture) =>
      addRemoteImage(fake, "a/b", "", [file(architecture, 100)], { platform: { os: "linux", architecture } }),
    );
    const attestation = { ...images[0]?.descriptor, platform: { os: "unknown", architecture: "unknown" } };
    const manifests = [attestation, ...images.map(({ descriptor }) => descriptor)];
    const index = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests };
    const added = fake.addManifest("a/b", "1", index, mediaTypes.ociIndex);
    const outer = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [added] };
    fake.addManifest("a/b", "nested", outer, mediaTypes.ociIndex);
    const name = `${fake.address}/a/b:1`;
    const amd64 = { os: "linux", architecture: "amd64" };
    const arm64 = { os: "linux", architecture: "arm64" };
    expect((await pull(setting, name, { platform: amd64 })).id).toBe(images[0]?.id ?? noDigest);
    expect((await setting.images.find(name)).repoDigests).toEqual([`${fake.address}/a/b@${added.digest}`]);
    expect((await pull(setting, name, { platform: arm64 })).id).toBe(images[1]?.id ?? noDigest);
    const nested = await pull(setting, `${fake.address}/a/b:nested`, { platform: arm64 });
    expect(nested.id).toBe(images[1]?.id ?? noDigest);
    expect(pull(setting, name, { platform: { os: "linux", architecture: "s390x" } })).rejects.toThrow(
      "no matching manifest for linux/s390x in the manifest list entries",
    );
  });

  test("by digest", async () => {
    await using setting = makeImageStore();
    using fake = new FakeDistribution();
    const { descriptor } = addRemoteImage(fake, "a/b", "", [file("x", 100)]);
    const name = `${fake.address}/a/b@${descriptor.digest}`;
    const { lines } = await pull(setting, name);
    expect(lines[0]?.id).toBe(name);
    const image = await setting.images.find(name);
    expect([image.tags, image.repoDigests]).toEqual([[], [name]]);
  });

  test("the same blob twice in an image, and addresses of foreign layers passed over", async () => {
    await using setting = makeImageStore();
    using fake = new FakeDistribution();
    const twice = { ...file("x"), extra: { urls: ["http://127.0.0.1:1/elsewhere"] } };
    addRemoteImage(fake, "a/b", "1", [twice, file("y"), twice]);
    await pull(setting, `${fake.address}/a/b:1`);
    expect(blobPaths(fake).length).toBe(3);
    expect(setting.left().snapshots.length).toBe(3);
  });

  test("no more downloads at once than the limit", async () => {
    await using setting = makeImageStore();
    using fake = new FakeDistribution();
    addRemoteImage(fake, "a/b", "1", [file("1"), file("2"), file("3"), file("4")]);
    let [running, most] = [0, 0];
    fake.before = async ({ path, method }) => {
      if (method !== "GET" || !path.includes("/blobs/")) return undefined;
      most = Math.max(most, ++running);
      await Bun.sleep(5);
      running--;
      return undefined;
    };
    const { lines } = await pull(setting, `${fake.address}/a/b:1`, { limit: 2 });
    expect(most).toBe(2);
    expect(lines.filter(({ status }) => status === "Waiting").length).toBe(2);
  });
});

describe("a connection that breaks", () => {
  /** Every answer about a layer ends after so many bytes, `times` times. */
  function breaking(fake: FakeDistribution, digest: string, every: number, times: number, ranges = true) {
    const starts: number[] = [];
    fake.before = ({ path, headers, method }) => {
      if (method !== "GET" || !path.endsWith(`/blobs/${digest}`)) return undefined;
      const bytes = fake.blobs.get(digest) ?? new Uint8Array();
      const start = ranges ? Number(/^bytes=(\d+)-$/.exec(headers.get("range") ?? "")?.[1] ?? 0) : 0;
      starts.push(start);
      if (starts.length > times) return ranges ? undefined : new Response(bytes);
      const part = bytes.slice(start, ranges ? start + every : starts.length * every);
      const length = { "Content-Length": String(bytes.length - start) };
      const range = { "Content-Range": `bytes ${start}-${bytes.length - 1}/${bytes.length}` };
      return start > 0 ? brokenOff(part, { ...length, ...range }, 206) : brokenOff(part, length);
    };
    return starts;
  }

  test("is gone on with by Range, as often as there is headway", async () => {
    await using setting = makeImageStore();
    using fake = new FakeDistribution();
    const { layers } = addRemoteImage(fake, "a/b", "1", [file("x", 700_000)]);
    const starts = breaking(fake, layers[0]?.digest ?? "", 100_000, 5);
    const { lines } = await pull(setting, `${fake.address}/a/b:1`);
    expect(starts.length).toBe(6);
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
    expect(starts.at(-1)).toBeGreaterThan(100_000);
    expect(lines.some(({ status }) => status.startsWith("Retrying in"))).toBeTrue();
  });

  test("is gone on with where the registry knows no ranges", async () => {
    await using setting = makeImageStore();
    using fake = new FakeDistribution();
    const { layers } = addRemoteImage(fake, "a/b", "1", [file("x", 700_000)]);
    breaking(fake, layers[0]?.digest ?? "", 100_000, 2, false);
    await pull(setting, `${fake.address}/a/b:1`);
    expect(setting.left().partial).toEqual([]);
  });

  test("for good leaves what arrived, and the next pull asks for the rest only, also in a new engine", async () => {
    await using setting = makeImageStore();
    using fake = new FakeDistribution();
    const { layers } = addRemoteImage(fake, "a/b", "1", [file("x", 700_000)]);
    const digest = layers[0]?.digest ?? "";
    const name = `${fake.address}/a/b:1`;
    breaking(fake, digest, 150_000, 1);
    const inner = fake.before;
    let broken = 0;
    fake.before = (request) =>
      request.path.endsWith(digest) && ++broken > 1 ? new Response("", { status: 503 }) : inner(request);
    expect(pull(setting, name)).rejects.toThrow("503");
    await until(
      "the pull has failed",
      () => setting.left().partial.length === 1 && setting.left().snapshots.length === 0,
    );
    const [partial = ""] = setting.left().partial;
    expect(partial).toEndWith(".resumable");
    const { images } = setting.again();
    await images.collectGarbage();
    expect(setting.left().partial).toEqual([partial]);
    const starts = breaking(fake, digest, 0, 0);
    await pull({ ...setting, images }, name);
    expect(starts.length).toBe(1);
    expect(starts[0]).toBeGreaterThan(0);
    expect(setting.left().partial).toEqual([]);
  });

  test("and left bytes that are not those of the blob: from the beginning, once", async () => {
    await using setting = makeImageStore();
    using fake = new FakeDistribution();
    const { layers } = addRemoteImage(fake, "a/b", "1", [file("x", 700_000), file("y")]);
    const digest = layers[0]?.digest as Digest;
    const writer = await setting.content.ingest(`pull-${digest}`, { resumable: true });
    await writer.write(Buffer.alloc(50_000, "garbage"));
    await writer[Symbol.asyncDispose]();
    await pull(setting, `${fake.address}/a/b:1`);
    expect(blobPaths(fake).filter((path) => path.endsWith(digest)).length).toBe(2);
    expect(setting.left().partial).toEqual([]);
  });
});

describe("several pulls at once", () => {
  /** Answers about layers stop half-way until they are let go. */
  function held(fake: FakeDistribution, digest: string) {
    const go = Promise.withResolvers<void>();
    fake.before = ({ path, method, headers }) => {
      if (method !== "GET" || !path.endsWith(digest) || headers.has("range")) return undefined;
      const bytes = fake.blobs.get(digest) ?? new Uint8Array();
      let at = 0;
      const body = new ReadableStream<Uint8Array>({
        async pull(controller) {
          if (at > 0) await go.promise;
          const end = at === 0 ? bytes.length >> 1 : bytes.length;
          controller.enqueue(bytes.subarray(at, end));
          at = end;
          if (at === bytes.length) controller.close();
        },
      });
      return new Response(body, { headers: { "Content-Length": String(bytes.length) } });
    };
    return go.resolve;
  }

  test("share each download, and all see it move", async () => {
    await using setting = makeImageStore();
    using fake = new FakeDistribution();
    const { layers } = addRemoteImage(fake, "a/b", "1", [file("x", 3_000_000)]);
    addRemoteImage(fake, "a/b", "2", [{ tar: tar({ path: "other" }) }, { tar: tar({ path: "z" }) }]);
    const go = held(fake, layers[0]?.digest ?? "");
    const name = `${fake.address}/a/b:1`;
    const first = begin(setting, name);
    const moves = ({ lines }: typeof first) => lines.some(({ status }) => status === "Downloading");
    await until("the first moves", () => moves(first));
    const second = begin(setting, name);
    await until("the second sees it", () => moves(second));
    go();
    expect((await first.done).id).toBe((await second.done).id);
    expect(blobPaths(fake).filter((path) => path.endsWith(layers[0]?.digest ?? "-")).length).toBe(1);
    expect(setting.left().snapshots.length).toBe(1);
  });

  test("one that leaves does not stop the other", async () => {
    await using setting = makeImageStore();
    using fake = new FakeDistribution();
    const { layers } = addRemoteImage(fake, "a/b", "1", [file("x", 3_000_000)]);
    const go = held(fake, layers[0]?.digest ?? "");
    const name = `${fake.address}/a/b:1`;
    const gone = new AbortController();
    const first = begin(setting, name, { signal: gone.signal });
    await until("it moves", () => first.lines.some(({ status }) => status === "Downloading"));
    const second = begin(setting, name);
    await until("the second is in", () => second.lines.some(({ status }) => status === "Downloading"));
    gone.abort();
    const error = await first.done.catch((thrown: unknown) => thrown);
    expect(isKind(error, "cancelled")).toBeTrue();
    go();
    await second.done;
    expect(setting.left().partial).toEqual([]);
  });

  test("the last one that leaves ends the work and leaves a download to go on with", async () => {
    await using setting = makeImageStore();
    using fake = new FakeDistribution();
    const { layers } = addRemoteImage(fake, "a/b", "1", [file("x", 3_000_000), file("y")]);
    held(fake, layers[0]?.digest ?? "");
    const gone = new AbortController();
    const name = `${fake.address}/a/b:1`;
    const pulls = [1, 2].map(() => begin(setting, name, { signal: gone.signal }));
    await until("both are in", () =>
      pulls.every(({ lines }) => lines.some(({ status }) => status === "Downloading")),
    );
    gone.abort();
    await Promise.allSettled(pulls.map(({ done }) => done));
    const { blobs, partial, snapshots } = setting.left();
    expect([blobs, snapshots, partial.length]).toEqual([[], [], 2]);
    fake.before = () => undefined;
    await pull(setting, name);
    const again = fake.asked.filter(({ path }) => path.endsWith(layers[0]?.digest ?? "-")).at(-1);
    expect(again?.headers.get("range")).toStartWith("bytes=");
    expect(setting.left().partial).toEqual([]);
  });
});

describe("a registry that lies", () => {
  type Lie = (fake: FakeDistribution) => void;
  const cases: [string, Lie, string][] = [
    [
      "about what a blob is",
      (fake) => {
        const { layers } = addRemoteImage(fake, "a/b", "1", [file("x")]);
        const bytes = fake.blobs.get(layers[0]?.digest ?? "")?.slice() ?? new Uint8Array();
        bytes.fill(7, 100);
        fake.blobs.set(layers[0]?.digest ?? "", bytes);
      },
      "",
    ],
    [
      "about the bytes of a plain blob",
      (fake) => {
        const { layers } = addRemoteImage(fake, "a/b", "1", [{ ...file("x"), compression: "none" }]);
        const bytes = fake.blobs.get(layers[0]?.digest ?? "")?.slice() ?? new Uint8Array();
        bytes.fill(7, 1000, 2000);
        fake.blobs.set(layers[0]?.digest ?? "", bytes);
      },
      "unexpected digest",
    ],
    [
      "with a size that is too small",
      (fake) => addRemoteImage(fake, "a/b", "1", [{ ...file("x"), size: 999 }]),
      "unexpected size",
    ],
    [
      "with a size that is too large",
      (fake) => addRemoteImage(fake, "a/b", "1", [{ ...file("x"), size: 9_999_999 }]),
      "unexpected size",
    ],
    [
      "with a size nobody has room for",
      (fake) => addRemoteImage(fake, "a/b", "1", [{ ...file("x"), size: 2 ** 52 }]),
      "not enough disk space",
    ],
    [
      "about a diff-id",
      (fake) => addRemoteImage(fake, "a/b", "1", [{ ...file("x"), diffId: none }]),
      "invalid diffID for layer",
    ],
    [
      "about a diff-id above a good layer",
      (fake) => addRemoteImage(fake, "a/b", "1", [file("y"), { ...file("x"), diffId: none }]),
      "invalid diffID for layer",
    ],
    [
      "with a layer that is not there",
      (fake) => addRemoteImage(fake, "a/b", "1", [{ ...file("x"), digest: none }]),
      "blob unknown",
    ],
    [
      "with a layer that is no tar",
      (fake) => addRemoteImage(fake, "a/b", "1", [{ tar: new Uint8Array(5000).fill(65) }]),
      "",
    ],
    [
      "with a layer that is cut off",
      (fake) =>
        addRemoteImage(fake, "a/b", "1", [{ tar: tar({ path: "x", content: noise(9000) }).slice(0, 5000) }]),
      "unexpected EOF",
    ],
    [
      "with fewer layers than told",
      (fake) =>
        addRemoteImage(fake, "a/b", "1", [file("x")], {
          config: { rootfs: { type: "layers", diff_ids: [] } },
        }),
      "layers length mismatch",
    ],
    [
      "with an image of another system",
      (fake) =>
        addRemoteImage(fake, "a/b", "1", [file("x")], { platform: { os: "windows", architecture: "amd64" } }),
      'image operating system "windows" cannot be used on this platform',
    ],
    [
      "with something that is no image",
      (fake) =>
        addRemoteImage(fake, "a/b", "1", [file("x")], {
          configType: "application/vnd.cncf.helm.config.v1+json",
        }),
      'Encountered remote "application/vnd.cncf.helm.config.v1+json"(unknown) when fetching',
    ],
    [
      "with layers of no known kind",
      (fake) =>
        addRemoteImage(fake, "a/b", "1", [
          { ...file("x"), extra: { mediaType: "application/vnd.in-toto+json" } },
        ]),
      "unsupported layer media type",
    ],
    [
      "with the format of 2015",
      (fake) =>
        fake.addManifest(
          "a/b",
          "1",
          { schemaVersion: 1, name: "a/b" },
          "application/vnd.docker.distribution.manifest.v1+prettyjws",
        ),
      "schema 1 is not supported",
    ],
    [
      "with indexes in indexes in indexes",
      (fake) => {
        let inner = addRemoteImage(fake, "a/b", "", [file("x")]).descriptor as object;
        for (let depth = 0; depth < 8; depth++) {
          const index = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [inner] };
          inner = fake.addManifest("a/b", "1", index, mediaTypes.ociIndex);
        }
      },
      "nested too deep",
    ],
    [
      "about the size of a manifest in an index",
      (fake) => {
        const { descriptor } = addRemoteImage(fake, "a/b", "", [file("x")]);
        const manifests = [{ ...descriptor, size: 17 }];
        fake.addManifest("a/b", "1", { schemaVersion: 2, manifests }, mediaTypes.ociIndex);
      },
      "unexpected size: manifest",
    ],
    [
      "about a configuration",
      (fake) => {
        const { id } = addRemoteImage(fake, "a/b", "1", [file("x")]);
        const bytes = fake.blobs.get(id)?.slice() ?? new Uint8Array();
        fake.blobs.set(id, bytes.fill(32, 5, 9));
      },
      "image config verification failed",
    ],
  ];
  test.each(cases)("%s: one clear error, and nothing is left", async (_, lie, message) => {
    await using setting = makeImageStore();
    using fake = new FakeDistribution();
    lie(fake);
    const error = await pull(setting, `${fake.address}/a/b:1`).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).message).toContain(message);
    expect((error as Error).name).not.toBe("TypeError");
    nothingIn(setting);
    expect(await setting.images.list()).toEqual([]);
  });
});

test("an image of one layer of many zeros takes no room", async () => {
  await using setting = makeImageStore();
  using fake = new FakeDistribution();
  const zeros = tar({ path: "zeros", content: Buffer.alloc(64 << 20) });
  const { layers } = addRemoteImage(fake, "a/b", "1", [{ tar: zeros }]);
  expect(layers[0]?.size).toBeLessThan(1 << 20);
  await pull(setting, `${fake.address}/a/b:1`);
  const image = await setting.images.find(`${fake.address}/a/b:1`);
  await inImage(setting, image, (root) => {
    const used = Bun.spawnSync(["du", "-sk", root]).stdout.toString();
    expect(Number.parseInt(used, 10)).toBeLessThan(1024);
    expect(sha256(readFileSync(join(root, "zeros")))).toBe(sha256(Buffer.alloc(64 << 20)));
  });
});

test("pulls, removals and leavings beside each other never leave a broken image nor anything behind", async () => {
  await using setting = makeImageStore();
  using fake = new FakeDistribution();
  const shared = [file("base", 400_000), file("middle", 200_000)];
  const names = ["1", "2", "3"].map((tag) => {
    addRemoteImage(fake, "a/b", tag, [...shared, file(tag, 100_000)]);
    return `${fake.address}/a/b:${tag}`;
  });
  const remove = (name: string) =>
    setting.images.remove(name, { force: true, prune: true, usedBy: () => [] }).catch(() => {});
  const rounds = Number(process.env.HULL_TEST_RUNS ?? 4);
  for (let round = 0; round < rounds; round++) {
    await Promise.all(
      names.flatMap((name, index) => {
        const gone = new AbortController();
        const work = begin(setting, name, { signal: gone.signal }).done.catch((error: unknown) => {
          if (!isKind(error, "cancelled")) throw error;
        });
        if ((round + index) % 3 === 0) setTimeout(() => gone.abort(), round * 7);
        return [work, begin(setting, name).done, (round + index) % 2 === 0 ? remove(name) : undefined];
      }),
    );
    for (const image of await setting.images.list()) {
      for (const { digest } of [image.manifest, ...image.layers])
        expect(sha256(await setting.content.read(digest))).toBe(digest);
      expect(await setting.snapshots.stat(image.chainId ?? "")).toBeDefined();
    }
    for (const name of names) {
      await remove(name);
      for (const { id } of await setting.images.list()) await remove(id);
    }
    const { blobs, snapshots, partial } = setting.left();
    expect([blobs, snapshots, partial.filter((left) => !left.endsWith(".resumable"))]).toEqual([[], [], []]);
  }
}, 120_000);
