import { describe, expect, test } from "bun:test";
import type { ImageView } from "../../src/engine/services/images.ts";
import { conflict, invalidArgument, notFound } from "../../src/errors/engine-error.ts";
import type { StoredImage } from "../../src/images/stored-image.ts";
import type { Digest } from "../../src/oci/digest.ts";
import { startApi, streamOf } from "./api-harness.ts";

const digest = (letter: string) => `sha256:${letter.repeat(64)}` as Digest;

const image: StoredImage = {
  id: digest("a"),
  created: "2026-01-01T00:00:00.5Z",
  config: {
    os: "linux",
    architecture: "arm64",
    variant: "v8",
    config: { Cmd: ["sh"], Labels: { a: "b" } },
    rootfs: { type: "layers", diff_ids: [digest("d")] },
  },
  rawConfig: new Uint8Array(),
  manifest: { mediaType: "m", digest: digest("b"), size: 5 },
  layers: [],
  chainId: digest("d"),
  size: 42,
  tags: ["busybox:latest"],
  repoDigests: [],
};
const view: ImageView = { image, containers: -1, sharedSize: -1 };

describe("images", () => {
  test("list and inspect fit the API file in old and new versions", async () => {
    await using api = await startApi({ images: { list: async () => [view], inspect: async () => view } });
    for (const version of ["/v1.24", "/v1.43", "/v1.49", "/v1.51"]) {
      expect((await api.call("GET", `${version}/images/json`)).json).toMatchObject([
        { Id: image.id, RepoTags: ["busybox:latest"], Size: 42, Created: 1767225600, Labels: { a: "b" } },
      ]);
      expect((await api.call("GET", `${version}/images/a/b:c/json`)).json).toMatchObject({
        Architecture: "arm64",
        Variant: "v8",
        Config: { Cmd: ["sh"] },
        RootFS: { Layers: [digest("d")] },
      });
    }
    expect((await api.call("GET", "/v1.43/images/json")).json).toMatchObject([{ VirtualSize: 42 }]);
    expect((await api.call("GET", "/v1.44/images/json")).json).not.toMatchObject([{ VirtualSize: 42 }]);
  });

  test("manifests are shown to those who ask, with all that is stored", async () => {
    const asked = { ...view, storedSize: 50, holders: ["c1"], layerDirectories: ["/top", "/base"] };
    await using api = await startApi({
      images: {
        list: async ({ manifests }) => [manifests ? asked : view],
        inspect: async (_, options) => (options?.manifests ? asked : view),
      },
    });
    const Manifests = [
      {
        ID: digest("b"),
        Descriptor: { mediaType: "m", digest: digest("b"), size: 5 },
        Available: true,
        Size: { Content: 8, Total: 50 },
        Kind: "image",
        ImageData: {
          Platform: { os: "linux", architecture: "arm64", variant: "v8" },
          Containers: ["c1"],
          Size: { Unpacked: 42 },
        },
      },
    ];
    expect((await api.call("GET", "/v1.47/images/json?manifests=1")).json).toMatchObject([
      { Size: 50, Manifests },
    ]);
    expect((await api.call("GET", "/v1.48/images/x/json?manifests=1")).json).toMatchObject({
      Size: 42,
      Manifests,
      GraphDriver: { Data: { UpperDir: "/top", LowerDir: "/base" } },
    });
    const older = await api.call("GET", "/v1.46/images/json?manifests=1");
    expect(JSON.stringify(older.json)).not.toContain("Manifests");
    const platform = encodeURIComponent('{"os":"linux","architecture":"amd64"}');
    expect((await api.call("GET", `/v1.49/images/x/json?manifests=1&platform=${platform}`)).json).toEqual({
      message: "conflicting options: manifests and platform options cannot both be set",
    });
  });

  test("docker-compose 1 finds what it reads, though it asks in the newest version", async () => {
    await using api = await startApi({ images: { inspect: async () => view } });
    const ask = (agent: string) =>
      api.raw(
        `GET /v1.51/images/x/json HTTP/1.1\r\nHost: e\r\nUser-Agent: ${agent}\r\nConnection: close\r\n\r\n`,
      );
    expect(await ask("docker-compose/1.29.2 docker-py/5.0.3")).toContain('"ContainerConfig":{');
    expect(await ask("docker-sdk-python/7.1.0")).not.toContain("ContainerConfig");
  });

  test("older clients see a nameless image under its name", async () => {
    const nameless = { ...view, image: { ...image, tags: [] } };
    await using api = await startApi({ images: { list: async () => [nameless] } });
    expect((await api.call("GET", "/v1.42/images/json")).json).toMatchObject([
      { RepoTags: ["<none>:<none>"] },
    ]);
    expect((await api.call("GET", "/v1.43/images/json")).json).toMatchObject([{ RepoTags: [] }]);
  });

  test("queries are handed on", async () => {
    await using api = await startApi({
      images: {
        list: async (query) => {
          expect([query.all, query.sharedSize]).toEqual([true, true]);
          expect(query.filters.get("reference")).toEqual(["b*"]);
          return [];
        },
        inspect: async (name, options) => {
          const platform = { os: "linux", architecture: "amd64" };
          expect([name, options]).toEqual(["x", { platform, manifests: false }]);
          return view;
        },
        history: async () => [
          { id: "<missing>", created: 5, createdBy: "CMD", tags: [], size: 0, comment: "" },
        ],
        tag: async (...args) => expect(args).toEqual(["a/b", "repo", "new"]),
        remove: async (name, options) => {
          expect([name, options]).toEqual(["a/b:c", { force: true, prune: false }]);
          return [{ untagged: "a/b:c" }, { deleted: digest("a") }];
        },
        prune: async () => ({ deleted: [{ deleted: digest("a") }], spaceReclaimed: 9 }),
      },
    });
    const filters = encodeURIComponent('{"reference":{"b*":true}}');
    await api.call("GET", `/images/json?all=1&shared-size=1&filters=${filters}`);
    const platform = encodeURIComponent('{"os":"linux","architecture":"amd64"}');
    await api.call("GET", `/images/x/json?platform=${platform}`);
    expect((await api.call("GET", "/images/a/b/history")).json).toMatchObject([{ Id: "<missing>" }]);
    expect((await api.call("POST", "/images/a/b/tag?repo=repo&tag=new")).status).toBe(201);
    expect((await api.call("DELETE", "/images/a/b:c?force=1&noprune=1")).json).toEqual([
      { Untagged: "a/b:c" },
      { Deleted: digest("a") },
    ]);
    expect((await api.call("POST", "/images/prune")).json).toEqual({
      ImagesDeleted: [{ Deleted: digest("a") }],
      SpaceReclaimed: 9,
    });
    expect((await api.call("GET", "/images/x/json?platform=a/b/c/d")).status).toBe(400);
  });

  test("load tells its progress and what it loaded, or its error", async () => {
    let fail = false;
    await using api = await startApi({
      images: {
        load: async (archive, { onProgress }) => {
          const bytes = await new Response(archive).text();
          if (fail) throw invalidArgument(`not an archive: ${bytes}`);
          onProgress({ id: "d", status: "Loading layer", current: 1, total: 2 });
          return [
            { image, tags: ["busybox:latest"] },
            { image, tags: [] },
          ];
        },
      },
    });
    const load = async (target: string) => {
      const response = await fetch(`http://engine${target}`, { unix: api.path, method: "POST", body: "tar" });
      return (await response.text())
        .trim()
        .split("\r\n")
        .map((line) => JSON.parse(line));
    };
    expect(await load("/images/load?quiet=0")).toMatchObject([
      { status: "Loading layer", progressDetail: { current: 1, total: 2 }, id: "d" },
      { stream: "Loaded image: busybox:latest\n" },
      { stream: `Loaded image ID: ${image.id}\n` },
    ]);
    expect(await load("/images/load?quiet=1")).toHaveLength(2);
    fail = true;
    expect(await load("/images/load")).toEqual([
      { errorDetail: { message: "not an archive: tar" }, error: "not an archive: tar" },
    ]);
  });

  test("save takes one name in the path or several in the query", async () => {
    const asked: unknown[] = [];
    await using api = await startApi({
      images: {
        save: async (names) => {
          asked.push(names);
          return streamOf("tar");
        },
      },
    });
    expect((await api.call("GET", "/images/a/b/get")).text).toBe("tar");
    await api.call("GET", "/images/get?names=a&names=b,c");
    expect(asked).toEqual([["a/b"], ["a", "b", "c"]]);
    expect((await api.call("GET", "/images/get")).status).toBe(400);
  });

  test("import reads the body", async () => {
    await using api = await startApi({
      images: {
        import: async ({ body, reference, changes, message }) => {
          expect([reference, changes, message]).toEqual(["r:t", ["CMD x"], "m"]);
          expect(await new Response(body).text()).toBe("tar");
          return image.id;
        },
        remove: async () => {
          throw conflict("in use");
        },
      },
    });
    const response = await fetch(
      "http://engine/images/create?fromSrc=-&repo=r&tag=t&message=m&changes=CMD%20x",
      { unix: api.path, method: "POST", body: "tar" },
    );
    expect(await response.json()).toEqual({ status: image.id });
    expect((await api.call("DELETE", "/images/x")).status).toBe(409);
    expect((await api.call("DELETE", "/images/x?platforms=%7B%7D")).status).toBe(501);
    expect((await api.call("POST", "/images/create")).status).toBe(400);
  });

  test("push streams progress and facts; what goes wrong is its last line", async () => {
    const auth = Buffer.from(JSON.stringify({ username: "me", password: "p" })).toString("base64url");
    const seen: unknown[] = [];
    await using api = await startApi({
      images: {
        push: async ({ reference, platform, credentials, onProgress }) => {
          seen.push([reference, platform, credentials?.username]);
          onProgress({ status: "The push refers to repository [r/x]" });
          onProgress({ id: "abc", status: "Pushing", current: 5, total: 9 });
          onProgress({ id: "abc", status: "Pushed" });
          onProgress({ status: "", aux: { Tag: "t", Digest: digest("a"), Size: 7 } });
          throw conflict("the registry is closed");
        },
      },
    });
    const push = async (query: string) => {
      const response = await fetch(`http://engine${query}`, {
        unix: api.path,
        method: "POST",
        headers: { "X-Registry-Auth": auth },
      });
      return (await response.text())
        .split("\r\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line));
    };
    expect(await push("/v1.46/images/r.io/x/push?tag=t&platform=linux%2Farm64")).toEqual([
      { status: "The push refers to repository [r/x]" },
      {
        status: "Pushing",
        progressDetail: { current: 5, total: 9 },
        progress: expect.stringMatching(/^\[=+> +\] +5B\/9B$/),
        id: "abc",
      },
      { status: "Pushed", progressDetail: {}, id: "abc" },
      { progressDetail: {}, aux: { Tag: "t", Digest: digest("a"), Size: 7 } },
      { errorDetail: { message: "the registry is closed" }, error: "the registry is closed" },
    ]);
    await push("/v1.45/images/r.io/x/push?platform=linux%2Farm64");
    expect(seen).toEqual([
      ["r.io/x:t", { os: "linux", architecture: "arm64" }, "me"],
      ["r.io/x", undefined, "me"],
    ]);
    expect((await api.call("POST", "/images/Bad/push?tag=t")).status).toBe(400);
  });

  test("pull: what fails before the first line is a status, later it is the last line", async () => {
    const seen: unknown[] = [];
    let early = true;
    await using api = await startApi({
      images: {
        pull: async ({ reference, platform, credentials, onProgress }) => {
          seen.push([reference, platform?.architecture, credentials?.username]);
          if (early) throw notFound("manifest for x not found: manifest unknown: manifest unknown");
          onProgress({ id: "1", status: "Pulling from x" });
          for (let current = 0; current < 5000; current++) {
            onProgress({ id: "abc", status: "Downloading", current, total: 5000 });
          }
          onProgress({ id: "abc", status: "Pull complete" });
          throw conflict("unexpected digest");
        },
      },
    });
    const pull = async (query: string, auth = "") => {
      const answer = await fetch(`http://engine/images/create?${query}`, {
        unix: api.path,
        method: "POST",
        headers: { "X-Registry-Auth": auth },
      });
      const lines = (await answer.text()).trim().split("\n");
      return { status: answer.status, lines: lines.map((line) => JSON.parse(line)) };
    };
    const auth = Buffer.from(JSON.stringify({ username: "me", password: "p" })).toString("base64url");
    const refused = await pull("fromImage=x&tag=1&platform=linux%2Farm64", auth);
    expect([refused.status, refused.lines]).toEqual([
      404,
      [{ message: "manifest for x not found: manifest unknown: manifest unknown" }],
    ]);
    early = false;
    const { status, lines } = await pull(`fromImage=r:5000/x:old&tag=${digest("a")}`, "what is this?");
    expect(status).toBe(200);
    expect(lines[0]).toEqual({ status: "Pulling from x", progressDetail: {}, id: "1" });
    // Bars are left out for a client that cannot follow, words are not.
    expect(lines.length).toBeLessThan(5000);
    expect(lines.at(-2)).toEqual({ status: "Pull complete", progressDetail: {}, id: "abc" });
    expect(lines.at(-1)).toMatchObject({ error: "unexpected digest" });
    await pull("fromImage=y");
    expect(seen).toEqual([
      ["docker.io/library/x:1", "arm64", "me"],
      [`r:5000/x@${digest("a")}`, undefined, undefined],
      ["docker.io/library/y", undefined, undefined],
    ]);
    expect((await pull("fromImage=Bad")).status).toBe(400);
    expect((await pull("fromImage=x&tag=a b")).status).toBe(400);
  });

  test("search and distribution fit the API file", async () => {
    await using api = await startApi({
      images: {
        search: async ({ term, limit, filters }) => {
          expect([term, limit, filters.get("stars")]).toEqual(["x y", 7, ["3"]]);
          return [{ name: "x", description: "d", starCount: 5, isOfficial: true }];
        },
        distribution: async (reference) => {
          expect(reference).toBe("r.io:5000/a/b:c");
          const descriptor = { mediaType: "m", digest: digest("a"), size: 5 };
          return { descriptor, platforms: [{ os: "linux", architecture: "arm", variant: "v7" }] };
        },
      },
    });
    const filters = encodeURIComponent('{"stars":{"3":true}}');
    expect((await api.call("GET", `/images/search?term=x%20y&limit=7&filters=${filters}`)).json).toEqual([
      { star_count: 5, is_official: true, name: "x", is_automated: false, description: "d" },
    ]);
    expect((await api.call("GET", "/images/search?term=x&limit=many")).status).toBe(400);
    expect((await api.call("GET", "/distribution/r.io:5000/a/b:c/json")).json).toEqual({
      Descriptor: { mediaType: "m", digest: digest("a"), size: 5 },
      Platforms: [{ os: "linux", architecture: "arm", variant: "v7" }],
    });
  });
});
