import { describe, expect, test } from "bun:test";
import { sha256 } from "../../src/oci/digest.ts";
import {
  dockerManifest,
  imageManifest,
  ociIndex,
  ociManifest,
  refusal,
  registryForTest,
} from "../setup/registry-client.ts";

const nowhere = { digest: sha256("nowhere"), size: 7 };
const index = (entries: readonly object[], more: object = {}) =>
  JSON.stringify({ schemaVersion: 2, mediaType: ociIndex, manifests: entries, ...more });

describe("the registry's manifests", () => {
  test("are given out byte by byte, by tag and by digest", async () => {
    await using hub = await registryForTest();
    const { digest, manifest } = await hub.pushImage("a/b", "v1", "one");
    for (const reference of ["v1", digest]) {
      const answer = await hub.ask("GET", `/v2/a/b/manifests/${reference}`);
      expect(await answer.text()).toBe(manifest);
      expect(answer.headers.get("content-type")).toBe(ociManifest);
      expect(answer.headers.get("docker-content-digest")).toBe(digest);
      const head = await hub.ask("HEAD", `/v2/a/b/manifests/${reference}`);
      expect(head.headers.get("content-length")).toBe(String(manifest.length));
      expect(
        (
          await hub.ask("GET", `/v2/a/b/manifests/${reference}`, undefined, {
            "If-None-Match": `"${digest}"`,
          })
        ).status,
      ).toBe(304);
    }
  });

  test("a digest of sha512 is one too, and tags may come along", async () => {
    await using hub = await registryForTest();
    const { manifest } = await hub.pushImage("a", "v1", "one");
    const digest = `sha512:${new Bun.CryptoHasher("sha512").update(manifest).digest("hex")}`;
    const put = await hub.putManifest("a", `${digest}?tag=x&tag=y`, manifest);
    expect([put.status, put.headers.get("oci-tag")]).toEqual([201, "x, y"]);
    expect((await hub.ask("GET", "/v2/a/manifests/y")).headers.get("docker-content-digest")).toBe(digest);
  });

  test("what is no manifest, or names what is not there, is refused", async () => {
    await using hub = await registryForTest();
    const config = await hub.pushBlob("a", "{}");
    const good = imageManifest(config, []);
    const cases: [string, string, string, [number, string]][] = [
      ["not JSON", "{", ociManifest, [400, "MANIFEST_INVALID"]],
      ["two kinds", good, ociIndex, [400, "MANIFEST_INVALID"]],
      ["schema 1", good.replace(":2", ":1"), ociManifest, [400, "MANIFEST_INVALID"]],
      ["unknown type", "{}", "text/plain", [400, "MANIFEST_INVALID"]],
      ["no layer", imageManifest(config, [nowhere]), ociManifest, [400, "MANIFEST_BLOB_UNKNOWN"]],
      ["no manifest", index([nowhere]), ociIndex, [400, "MANIFEST_BLOB_UNKNOWN"]],
      ["bad size", imageManifest({ ...config, size: -1 }, []), ociManifest, [400, "MANIFEST_INVALID"]],
    ];
    for (const [what, manifest, type, expected] of cases) {
      expect([what, ...(await refusal(await hub.putManifest("a", "v", manifest, type)))]).toEqual([
        what,
        ...expected,
      ]);
    }
    expect(await refusal(await hub.putManifest("a", sha256("x"), good))).toEqual([400, "DIGEST_INVALID"]);
    expect(await refusal(await hub.putManifest("a", "bad*tag", good))).toEqual([400, "TAG_INVALID"]);
    const huge = imageManifest(config, [], { annotations: { a: "x".repeat(4 * 1024 * 1024) } });
    expect(await refusal(await hub.putManifest("a", "v", huge))).toEqual([413, "MANIFEST_INVALID"]);
    const elsewhere = imageManifest(config, [{ ...nowhere, ...{ urls: ["https://example.com/x"] } }]);
    expect((await hub.putManifest("a", "v", elsewhere)).status).toBe(201);
  });

  test("a sparse index is taken where the rules allow it", async () => {
    await using hub = await registryForTest({ rules: { sparseIndexes: true } });
    expect((await hub.putManifest("a", "v", index([nowhere]), ociIndex)).status).toBe(201);
  });

  test("a client that knows no indexes gets the image for linux/amd64, or is told why not", async () => {
    await using hub = await registryForTest();
    const { digest, manifest } = await hub.pushImage("a", "one", "one");
    const entry = { mediaType: ociManifest, digest, size: manifest.length };
    const platform = { os: "linux", architecture: "amd64" };
    await hub.putManifest("a", "multi", index([{ ...entry, platform }]), ociIndex);
    await hub.putManifest(
      "a",
      "arm",
      index([{ ...entry, platform: { ...platform, architecture: "arm" } }]),
      ociIndex,
    );
    const get = (tag: string, accept: string) =>
      hub.ask("GET", `/v2/a/manifests/${tag}`, undefined, { Accept: accept });
    expect((await get("multi", `${ociManifest}, ${ociIndex}`)).headers.get("content-type")).toBe(ociIndex);
    expect((await get("multi", "*/*")).headers.get("content-type")).toBe(ociIndex);
    expect((await get("multi", ociManifest)).headers.get("docker-content-digest")).toBe(digest);
    expect(await refusal(await get("arm", ociManifest))).toEqual([404, "MANIFEST_UNKNOWN"]);
    expect(await refusal(await get("one", dockerManifest))).toEqual([404, "MANIFEST_UNKNOWN"]);
  });

  test("deleting a tag leaves the manifest, deleting the manifest takes its tags along", async () => {
    await using hub = await registryForTest();
    const { digest } = await hub.pushImage("a", "x", "one");
    await hub.pushImage("a", "y", "one");
    await hub.pushImage("a", "z", "two");
    expect((await hub.ask("DELETE", "/v2/a/manifests/x")).status).toBe(202);
    expect(await refusal(await hub.ask("DELETE", "/v2/a/manifests/x"))).toEqual([404, "MANIFEST_UNKNOWN"]);
    expect((await hub.ask("HEAD", `/v2/a/manifests/${digest}`)).status).toBe(200);
    expect((await hub.ask("DELETE", `/v2/a/manifests/${digest}`)).status).toBe(202);
    expect(await refusal(await hub.ask("DELETE", `/v2/a/manifests/${digest}`))).toEqual([
      404,
      "MANIFEST_UNKNOWN",
    ]);
    expect(await (await hub.ask("GET", "/v2/a/tags/list")).json()).toEqual({ name: "a", tags: ["z"] });
  });

  test("unknown repositories and unknown manifests have their own codes", async () => {
    await using hub = await registryForTest();
    await hub.pushBlob("a", "x");
    expect(await refusal(await hub.ask("GET", "/v2/a/manifests/v1"))).toEqual([404, "MANIFEST_UNKNOWN"]);
    expect(await refusal(await hub.ask("GET", "/v2/b/manifests/v1"))).toEqual([404, "NAME_UNKNOWN"]);
    expect(await refusal(await hub.ask("GET", "/v2/b/tags/list"))).toEqual([404, "NAME_UNKNOWN"]);
    expect(await (await hub.ask("GET", "/v2/a/tags/list")).json()).toEqual({ name: "a", tags: [] });
  });
});

describe("the registry's lists", () => {
  test("come in pages, with the way to the next", async () => {
    await using hub = await registryForTest();
    for (const tag of ["c", "a", "B", "b"]) await hub.pushImage("x/y", tag, "one");
    for (const name of ["x-y", "x.y", "x"]) await hub.pushImage(name, "v", "one");
    const page = async (path: string) => {
      const answer = await hub.ask("GET", path);
      return [await answer.json(), answer.headers.get("link")];
    };
    expect(await page("/v2/x/y/tags/list")).toEqual([{ name: "x/y", tags: ["B", "a", "b", "c"] }, null]);
    expect(await page("/v2/x/y/tags/list?n=2")).toEqual([
      { name: "x/y", tags: ["B", "a"] },
      '</v2/x/y/tags/list?n=2&last=a>; rel="next"',
    ]);
    expect(await page("/v2/x/y/tags/list?n=2&last=a")).toEqual([{ name: "x/y", tags: ["b", "c"] }, null]);
    expect(await page("/v2/x/y/tags/list?last=b")).toEqual([{ name: "x/y", tags: ["c"] }, null]);
    expect(await page("/v2/x/y/tags/list?n=0")).toEqual([{ name: "x/y", tags: [] }, null]);
    expect(await page("/v2/_catalog?n=3")).toEqual([
      { repositories: ["x", "x-y", "x.y"] },
      '</v2/_catalog?n=3&last=x.y>; rel="next"',
    ]);
    expect(await page("/v2/_catalog?n=3&last=x.y")).toEqual([{ repositories: ["x/y"] }, null]);
    expect(await refusal(await hub.ask("GET", "/v2/_catalog?n=-1"))).toEqual([
      400,
      "PAGINATION_NUMBER_INVALID",
    ]);
  });

  test("referrers are found before and after their subject, by type, in pages, until they are deleted", async () => {
    await using hub = await registryForTest();
    const subject = { mediaType: ociManifest, digest: sha256("later"), size: 5 };
    const config = await hub.pushBlob("a", "{}");
    const put = async (more: object) => {
      const manifest = imageManifest(config, [], { subject, ...more });
      const answer = await hub.putManifest("a", sha256(manifest), manifest);
      expect([answer.status, answer.headers.get("oci-subject")]).toEqual([201, subject.digest]);
      return sha256(manifest);
    };
    const list = async (query = "") => {
      const answer = await hub.ask("GET", `/v2/a/referrers/${subject.digest}${query}`);
      expect(answer.headers.get("content-type")).toBe(ociIndex);
      const { manifests } = (await answer.json()) as { manifests: Record<string, unknown>[] };
      return { manifests, headers: answer.headers };
    };
    expect((await list()).manifests).toEqual([]);
    const sbom = await put({ artifactType: "text/sbom", annotations: { by: "me" } });
    const plain = await put({});
    expect((await list()).manifests.map((entry) => entry.digest)).toEqual([sbom, plain].sort());
    const filtered = await list("?artifactType=text/sbom");
    expect(filtered.headers.get("oci-filters-applied")).toBe("artifactType");
    expect(filtered.manifests).toMatchObject([{ digest: sbom, annotations: { by: "me" } }]);
    const [first, second] = [sbom, plain].sort();
    const page = await list("?n=1");
    expect(page.manifests.map((entry) => entry.digest)).toEqual([first]);
    const next = /<([^>]+)>; rel="next"/.exec(page.headers.get("link") ?? "")?.[1] ?? "";
    expect(await (await hub.ask("GET", next)).json()).toMatchObject({ manifests: [{ digest: second }] });
    await hub.ask("DELETE", `/v2/a/manifests/${sbom}`);
    expect((await list()).manifests).toMatchObject([
      { digest: plain, artifactType: "application/vnd.oci.image.config.v1+json" },
    ]);
    expect((await hub.ask("GET", "/v2/a/referrers/nonsense")).status).toBe(400);
  });

  test("the referrers tag of clients without the referrers API is a tag like any other", async () => {
    await using hub = await registryForTest();
    const { digest } = await hub.pushImage("a", "v", "one");
    const tag = digest.replace(":", "-");
    expect((await hub.putManifest("a", tag, index([]), ociIndex)).status).toBe(201);
    expect(await (await hub.ask("GET", `/v2/a/manifests/${tag}`)).json()).toMatchObject({ manifests: [] });
  });
});
