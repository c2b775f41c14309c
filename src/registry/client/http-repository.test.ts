import { describe, expect, test } from "bun:test";
import { brokenOff, FakeDistribution, refusal } from "../../../tests/fakes/fake-distribution.ts";
import { EngineError } from "../../errors/engine-error.ts";
import { type Digest, sha256 } from "../../oci/digest.ts";
import { mediaTypes } from "../../oci/manifest.ts";
import type { Credentials } from "../auth/credentials.ts";
import { pullRefusal } from "./docker-words.ts";
import { openRepository, repositoriesForPull } from "./open-repository.ts";

const never = new AbortController().signal;
const none = `sha256:${"0".repeat(64)}` as Digest;

function access(credentials?: Credentials) {
  return {
    insecureRegistries: [],
    certificateDirectories: [],
    credentials,
    retries: { attempts: 3, pauseMs: 1, longestPauseMs: 20 },
  };
}

function repository(fake: FakeDistribution, purpose: "pull" | "push" = "pull", credentials?: Credentials) {
  return openRepository({ domain: fake.address, path: "a/b" }, purpose, access(credentials));
}

async function failure(work: Promise<unknown>): Promise<EngineError> {
  const error = await work.then(
    () => undefined,
    (thrown) => thrown,
  );
  if (!(error instanceof EngineError)) throw new Error(`no EngineError but ${error}`);
  return error;
}

function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new Blob([new Uint8Array(bytes)]).stream();
}

async function bytesOf(stream: ReadableStream<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(stream));
}

describe("manifest", () => {
  test("by tag and by digest, with the bytes as they are", async () => {
    using fake = new FakeDistribution();
    const added = fake.addManifest("a/b", "1", { schemaVersion: 2 }, mediaTypes.ociManifest);
    const repo = repository(fake);
    const byTag = await repo.manifest("1", never);
    expect(byTag.descriptor).toEqual(added as typeof byTag.descriptor);
    expect((await repo.manifest(added.digest, never)).raw).toEqual(byTag.raw);
    expect(await repo.describe("1", never)).toEqual(byTag.descriptor);
    expect(fake.paths("HEAD")).toEqual(["a/b/manifests/1"]);
  });

  test("bytes that are not those of the digest are refused, and so is a wrong announcement", async () => {
    using fake = new FakeDistribution();
    fake.before = ({ path }) => (path.includes("manifests") ? new Response("{}") : undefined);
    expect((await failure(repository(fake).manifest(none, never))).message).toBe(
      `manifest verification failed for digest ${none}`,
    );
    fake.before = ({ path }) =>
      path.includes("manifests")
        ? new Response("{}", { headers: { "Docker-Content-Digest": none } })
        : undefined;
    expect((await failure(repository(fake).manifest("x", never))).message).toContain("verification failed");
  });

  test("more than four megabytes are refused, announced or not", async () => {
    using fake = new FakeDistribution();
    const big = new Uint8Array(4 * 1024 * 1024 + 1);
    fake.before = ({ path }) => (path.includes("manifests") ? new Response(big) : undefined);
    expect((await failure(repository(fake).manifest("x", never))).message).toContain("manifest is too long");
    fake.before = ({ path }) => (path.includes("manifests") ? new Response(streamOf(big)) : undefined);
    expect((await failure(repository(fake).manifest("x", never))).message).toContain("manifest is too long");
  });

  test("one that is not there is undefined when described, and Docker's sentence when pulled", async () => {
    using fake = new FakeDistribution();
    expect(await repository(fake).describe("x", never)).toBeUndefined();
    const error = await failure(repository(fake).manifest("x", never));
    const reference = { domain: fake.address, path: "a/b", tag: "x" };
    expect((pullRefusal(error, reference) as Error).message).toBe(
      `manifest for ${fake.address}/a/b:x not found: manifest unknown: manifest unknown`,
    );
  });

  test.each([
    ["NAME_UNKNOWN", "nothing here", "repository x not found: name unknown: nothing here"],
    [
      "DENIED",
      "no",
      "pull access denied for x, repository does not exist or may require 'docker login': denied: no",
    ],
  ])("%s in Docker's words", async (code, message, wanted) => {
    using fake = new FakeDistribution();
    fake.before = ({ path }) => (path.includes("manifests") ? refusal(403, code, message) : undefined);
    const error = await failure(repository(fake).manifest("x", never));
    const hub = { domain: "docker.io", path: "library/x", tag: "x" };
    expect((pullRefusal(error, hub) as EngineError).message).toBe(wanted);
    expect((pullRefusal(error, hub) as EngineError).kind).toBe("not_found");
  });

  test("a busy registry is asked again, but not for ever", async () => {
    using fake = new FakeDistribution();
    fake.addManifest("a/b", "1", {}, mediaTypes.ociManifest);
    let busy = 2;
    fake.before = ({ path }) => {
      if (!path.includes("manifests") || busy-- <= 0) return undefined;
      return new Response("", { status: busy === 1 ? 503 : 429, headers: { "Retry-After": "0" } });
    };
    await repository(fake).manifest("1", never);
    expect(fake.paths().filter((path) => path.includes("manifests")).length).toBe(3);
    busy = 100;
    expect((await failure(repository(fake).manifest("1", never))).message).toContain(
      "toomanyrequests: too many requests",
    );
    expect(busy).toBe(97);
  });

  test("leaving ends the wait for the next try at once", async () => {
    using fake = new FakeDistribution();
    fake.before = ({ path }) =>
      path === "" ? undefined : new Response("", { status: 429, headers: { "Retry-After": "3600" } });
    const gone = new AbortController();
    const slow = { ...access(), retries: { attempts: 9, pauseMs: 1, longestPauseMs: 3_600_000 } };
    const work = failure(
      openRepository({ domain: fake.address, path: "a/b" }, "pull", slow).manifest("1", gone.signal),
    );
    while (fake.asked.length < 2) await Bun.sleep(1);
    gone.abort();
    expect((await work).kind).toBe("cancelled");
  });

  test("a redirect with what is no tag of a name cannot be asked for", async () => {
    using fake = new FakeDistribution();
    expect((await failure(repository(fake).manifest("../x", never))).kind).toBe("invalid_argument");
    expect(fake.asked).toEqual([]);
  });
});

test("nobody there: Docker's sentence, at once", async () => {
  const fake = new FakeDistribution();
  const { address } = fake;
  fake[Symbol.dispose]();
  const patient = { ...access(), retries: { attempts: 9, pauseMs: 3_600_000, longestPauseMs: 3_600_000 } };
  const repo = openRepository({ domain: address, path: "a/b" }, "pull", patient);
  expect((await failure(repo.manifest("1", never))).message).toBe(
    `Get "http://${address}/v2/": dial tcp ${address}: connect: connection refused`,
  );
});

describe("authorization", () => {
  const me = { username: "me", password: "s3cret", identityToken: "" };

  function guarded(fake: FakeDistribution, tokens: { life?: number } = {}) {
    let issued = 0;
    fake.before = ({ path, headers, query }) => {
      if (path === "/token") {
        issued++;
        const scope = query.getAll("scope").join(" ");
        return Response.json({ token: `T${issued} ${scope}`.replaceAll(" ", "_"), expires_in: tokens.life });
      }
      if (headers.get("authorization")?.startsWith("Bearer T")) return undefined;
      const challenge = `Bearer realm="http://${fake.address}/token",service="s",scope="repository:other:pull"`;
      return new Response("", { status: 401, headers: { "WWW-Authenticate": challenge } });
    };
  }

  test("a token of the right scope, once for many requests, also without a password", async () => {
    using fake = new FakeDistribution();
    fake.addManifest("a/b", "1", {}, mediaTypes.ociManifest);
    guarded(fake);
    const repo = repository(fake);
    await repo.manifest("1", never);
    await Promise.all([repo.hasBlob(none, never), repo.hasBlob(none, never)]);
    const asked = fake.asked.filter(({ path }) => path === "/token");
    expect(asked.map(({ query }) => query.getAll("scope"))).toEqual([["repository:a/b:pull"]]);
    expect(asked[0]?.headers.get("authorization")).toBeNull();
    expect(asked[0]?.query.has("offline_token")).toBeFalse();
  });

  test("a push asks for more, a mount for the other repository too", async () => {
    using fake = new FakeDistribution();
    guarded(fake);
    const repo = repository(fake, "push", me);
    await repo.hasBlob(none, never);
    await repo.mountBlob(none, "c", never);
    const scopes = fake.asked
      .filter(({ path }) => path === "/token")
      .map(({ query }) => query.getAll("scope"));
    expect(scopes).toEqual([["repository:a/b:pull,push"], ["repository:a/b:pull,push", "repository:c:pull"]]);
  });

  test("a token that is refused is replaced once", async () => {
    using fake = new FakeDistribution();
    fake.addManifest("a/b", "1", {}, mediaTypes.ociManifest);
    guarded(fake);
    const inner = fake.before;
    fake.before = (request) => {
      if (!request.headers.get("authorization")?.startsWith("Bearer T1")) return inner(request);
      const challenge = `Bearer realm="http://${fake.address}/token",error="invalid_token"`;
      return new Response("", { status: 401, headers: { "WWW-Authenticate": challenge } });
    };
    await repository(fake).manifest("1", never);
    expect(fake.asked.filter(({ path }) => path === "/token").length).toBe(2);
  });

  test("a scope that is not given is a denial", async () => {
    using fake = new FakeDistribution();
    guarded(fake);
    const inner = fake.before;
    fake.before = (request) => {
      if (!request.path.includes("manifests") || !request.headers.has("authorization")) return inner(request);
      const challenge = `Bearer realm="http://${fake.address}/token",error="insufficient_scope"`;
      return new Response("{}", { status: 401, headers: { "WWW-Authenticate": challenge } });
    };
    const error = await failure(repository(fake).manifest("1", never));
    expect((pullRefusal(error, { domain: "docker.io", path: "library/x" }) as Error).message).toBe(
      "pull access denied for x, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
    );
  });

  test("Basic without a password is Docker's sentence; with one it is shown to nobody else", async () => {
    using fake = new FakeDistribution();
    using storage = new FakeDistribution();
    const bytes = new Uint8Array(Buffer.from("blob"));
    const { digest } = storage.addBlob(bytes);
    fake.before = ({ path, headers }) => {
      if (!headers.has("authorization"))
        return new Response("", { status: 401, headers: { "WWW-Authenticate": 'Basic realm="r"' } });
      return path.includes("blobs")
        ? Response.redirect(`http://${storage.address}/v2/x/blobs/${digest}?signed=1`, 307)
        : undefined;
    };
    expect((await failure(repository(fake).manifest("1", never))).message).toBe(
      `Get "http://${fake.address}/v2/a/b/manifests/1": no basic auth credentials`,
    );
    const { bytes: stream } = await repository(fake, "pull", me).blob(digest as Digest, 1, never);
    expect((await bytesOf(stream)).toString()).toBe("lob");
    expect(storage.asked.map(({ headers }) => headers.get("authorization"))).toEqual([null]);
    expect(storage.asked[0]?.headers.get("range")).toBe("bytes=1-");
  });

  test("what a registry says back has no secret in it", async () => {
    using fake = new FakeDistribution();
    fake.before = ({ headers }) => {
      const shown = headers.get("authorization");
      if (shown) return refusal(403, "DENIED", `you sent ${shown} and s3cret`);
      return new Response("", { status: 401, headers: { "WWW-Authenticate": 'Basic realm="r"' } });
    };
    const { message } = await failure(repository(fake, "pull", me).manifest("1", never));
    expect(message).toBe("denied: you sent Basic xxxxx and xxxxx");
  });

  test("a mirror of Docker Hub never sees the Hub's password and is asked below its own path", async () => {
    using fake = new FakeDistribution();
    fake.before = () => new Response("", { status: 401, headers: { "WWW-Authenticate": 'Basic realm="r"' } });
    const name = { domain: "docker.io", path: "library/x" };
    const mirrors = [`http://${fake.address}/hub/`];
    const [mirror, hub] = repositoriesForPull(name, access(me), mirrors);
    expect(hub).toBeDefined();
    expect((await failure(mirror?.manifest("1", never) ?? Promise.resolve())).message).toContain(
      `http://${fake.address}/hub/v2/library/x/manifests/1": no basic auth credentials`,
    );
    expect(repositoriesForPull({ domain: fake.address, path: "x" }, access(), mirrors).length).toBe(1);
  });
});

describe("blob", () => {
  test("from an offset, and from the beginning where ranges are not known", async () => {
    using fake = new FakeDistribution();
    const bytes = new Uint8Array(Buffer.from("0123456789"));
    const digest = fake.addBlob(bytes).digest as Digest;
    const part = await repository(fake).blob(digest, 4, never);
    expect([part.offset, part.size, (await bytesOf(part.bytes)).toString()]).toEqual([4, 10, "456789"]);
    fake.before = ({ path }) => (path.includes("blobs") ? new Response(bytes) : undefined);
    const whole = await repository(fake).blob(digest, 4, never);
    expect([whole.offset, whole.size, (await bytesOf(whole.bytes)).length]).toEqual([0, 10, 10]);
  });

  test("another part than asked for is refused", async () => {
    using fake = new FakeDistribution();
    fake.before = ({ path }) =>
      path.includes("blobs")
        ? new Response("abc", { status: 206, headers: { "Content-Range": "bytes 0-2/10" } })
        : undefined;
    expect((await failure(repository(fake).blob(none, 4, never))).message).toContain("another part");
  });

  test("a break in the middle is an error that may be tried again", async () => {
    using fake = new FakeDistribution();
    fake.before = ({ path }) =>
      path.includes("blobs") ? brokenOff(new Uint8Array(1000), { "Content-Length": "100000" }) : undefined;
    const { bytes } = await repository(fake).blob(none, 0, never);
    expect((await failure(bytesOf(bytes))).name).toBe("NotReached");
  });
});

test("a server that stalls in the middle of a blob is a broken connection", async () => {
  using fake = new FakeDistribution();
  fake.before = ({ path }) => {
    if (!path.includes("blobs")) return undefined;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new Uint8Array(1000)),
      pull: () => new Promise(() => {}),
    });
    return new Response(body, { headers: { "Content-Length": "100000" } });
  };
  const impatient = { ...access(), stallMs: 50 };
  const repo = openRepository({ domain: fake.address, path: "a/b" }, "pull", impatient);
  const { bytes } = await repo.blob(none, 0, never);
  const error = await failure(bytesOf(bytes));
  expect([error.name, error.message.includes("deadline exceeded")]).toEqual(["NotReached", true]);
});

test("a server that never answers ends with the time limit", async () => {
  using fake = new FakeDistribution();
  fake.before = ({ path }) => (path === "" ? undefined : new Promise(() => {}));
  const impatient = { ...access(), timeoutMs: 50 };
  const repo = openRepository({ domain: fake.address, path: "a/b" }, "pull", impatient);
  expect((await failure(repo.manifest("1", never))).message).toContain("Client.Timeout exceeded");
});

test("bytes are never compressed on the way", async () => {
  using fake = new FakeDistribution();
  const { digest } = fake.addBlob(new Uint8Array(10));
  await repository(fake).blob(digest as Digest, 0, never);
  expect(fake.asked.map(({ headers }) => headers.get("accept-encoding"))).toEqual(["identity", "identity"]);
});

describe("uploadBlob", () => {
  const bytes = new Uint8Array(Buffer.alloc(300_000, "upload "));
  const digest = sha256(bytes);
  const open = (offset: number) => streamOf(bytes.subarray(offset));

  test("in one piece, with its length told", async () => {
    using fake = new FakeDistribution();
    const sent: number[] = [];
    const onProgress = (count: number) => sent.push(count);
    await repository(fake, "push").uploadBlob({ digest, size: bytes.length }, { open, onProgress }, never);
    expect(fake.blobs.get(digest)).toEqual(bytes);
    expect(sent.at(-1)).toBe(bytes.length);
    const patch = fake.asked.find(({ method }) => method === "PATCH");
    expect(patch?.headers.get("content-length")).toBe(String(bytes.length));
    expect(patch?.headers.get("content-range")).toBeNull();
    expect(patch?.query.get("state")).toBe("s");
  });

  test("in pieces", async () => {
    using fake = new FakeDistribution();
    const upload = { open, chunkSize: 100_001 };
    await repository(fake, "push").uploadBlob({ digest, size: bytes.length }, upload, never);
    const ranges = fake.asked
      .filter(({ method }) => method === "PATCH")
      .map(({ headers }) => headers.get("content-range"));
    expect(ranges).toEqual(["0-100000", "100001-200001", "200002-299999"]);
    expect(fake.blobs.has(digest)).toBeTrue();
  });

  test("in pieces no smaller than the registry wants", async () => {
    using fake = new FakeDistribution();
    fake.before = ({ method }) => {
      if (method !== "POST") return undefined;
      fake.uploads.set("id", new Uint8Array(0));
      const headers = { Location: "/v2/a/b/blobs/uploads/id", "OCI-Chunk-Min-Length": "200000" };
      return new Response(null, { status: 202, headers });
    };
    const upload = { open, chunkSize: 1000 };
    await repository(fake, "push").uploadBlob({ digest, size: bytes.length }, upload, never);
    const patches = fake.asked.filter(({ method }) => method === "PATCH");
    expect(patches.map(({ headers }) => headers.get("content-range"))).toEqual(["0-199999", "200000-299999"]);
    expect(fake.blobs.has(digest)).toBeTrue();
  });

  test("in smaller pieces where long requests are refused", async () => {
    using fake = new FakeDistribution();
    const long = new Uint8Array(5 << 20).fill(7);
    const name = sha256(long);
    fake.before = ({ method, headers }) =>
      method === "PATCH" && Number(headers.get("content-length")) > 2 << 20
        ? new Response("too large", { status: 413 })
        : undefined;
    const upload = { open: (offset: number) => streamOf(long.subarray(offset)) };
    await repository(fake, "push").uploadBlob({ digest: name, size: long.length }, upload, never);
    expect(fake.blobs.get(name)?.length).toBe(long.length);
  });

  test("an empty blob", async () => {
    using fake = new FakeDistribution();
    const empty = sha256("");
    const upload = { open: () => streamOf(new Uint8Array(0)) };
    await repository(fake, "push").uploadBlob({ digest: empty, size: 0 }, upload, never);
    expect(fake.blobs.has(empty)).toBeTrue();
  });

  test("goes on where the registry says it stopped", async () => {
    using fake = new FakeDistribution();
    let breaks = 1;
    fake.before = ({ method }) => {
      const [id] = [...fake.uploads.keys()];
      if (method !== "PATCH" || breaks-- <= 0 || id === undefined) return undefined;
      fake.uploads.set(id, bytes.slice(0, 120_000));
      return new Response("", { status: 502 });
    };
    await repository(fake, "push").uploadBlob({ digest, size: bytes.length }, { open }, never);
    expect(fake.blobs.get(digest)).toEqual(bytes);
    const second = fake.asked.filter(({ method }) => method === "PATCH")[1];
    expect(second?.headers.get("content-range")).toBe("120000-299999");
  });

  test("begins anew when the upload is not known any more", async () => {
    using fake = new FakeDistribution();
    let breaks = 1;
    fake.before = ({ method }) => {
      if (method !== "PATCH" || breaks-- <= 0) return undefined;
      fake.uploads.clear();
      return undefined;
    };
    await repository(fake, "push").uploadBlob({ digest, size: bytes.length }, { open }, never);
    expect(fake.blobs.has(digest)).toBeTrue();
    expect(fake.paths("POST").length).toBe(2);
  });

  test("a refusal is not tried again", async () => {
    using fake = new FakeDistribution();
    fake.before = ({ method }) => (method === "POST" ? refusal(403, "DENIED", "read only") : undefined);
    const work = repository(fake, "push").uploadBlob({ digest, size: bytes.length }, { open }, never);
    expect((await failure(work)).message).toBe("denied: read only");
    expect(fake.paths("POST").length).toBe(1);
  });

  test("a source that fails is the error", async () => {
    using fake = new FakeDistribution();
    const broken = () =>
      new ReadableStream<Uint8Array>({
        pull() {
          throw new Error("disk");
        },
      });
    const work = repository(fake, "push").uploadBlob({ digest, size: 10 }, { open: broken }, never);
    expect(work).rejects.toThrow("disk");
    await work.catch(() => {});
  });

  test("mounted from another repository, or not and nothing left behind", async () => {
    using fake = new FakeDistribution();
    fake.addBlob(bytes);
    expect(await repository(fake, "push").mountBlob(digest, "mountable", never)).toBeTrue();
    expect(await repository(fake, "push").mountBlob(digest, "other", never)).toBeFalse();
    expect(fake.uploads.size).toBe(0);
  });

  test("a manifest goes up with its type and its digest comes back", async () => {
    using fake = new FakeDistribution();
    const raw = Buffer.from("{}");
    const manifest = { raw, mediaType: mediaTypes.ociManifest };
    expect(await repository(fake, "push").putManifest("1", manifest, never)).toBe(sha256(raw));
    expect(fake.manifests.get("a/b:1")?.mediaType).toBe(mediaTypes.ociManifest);
  });
});

describe("tags", () => {
  async function tagsOf(fake: FakeDistribution): Promise<string[]> {
    return await Array.fromAsync(repository(fake).tags(never));
  }

  function paged(page: (last: string) => { tags: string[] | null; link?: string }) {
    const fake = new FakeDistribution();
    fake.before = ({ path, query }) => {
      if (!path.endsWith("tags/list")) return undefined;
      const { tags, link } = page(query.get("last") ?? "");
      return Response.json({ tags }, { headers: link ? { Link: `<${link}>; rel="next"` } : {} });
    };
    return fake;
  }

  test("page after page, each once", async () => {
    using fake = paged((last) =>
      last === "" ? { tags: ["1", "2"], link: "/v2/a/b/tags/list?last=2" } : { tags: ["2", "3"] },
    );
    expect(await tagsOf(fake)).toEqual(["1", "2", "3"]);
  });

  test("none", async () => {
    using fake = paged(() => ({ tags: null }));
    expect(await tagsOf(fake)).toEqual([]);
  });

  test.each([
    ["the same page for ever", () => ({ tags: ["1"], link: "/v2/a/b/tags/list" })],
    ["new pages of nothing new", (last: string) => ({ tags: ["1"], link: `?last=${last}x` })],
  ])("%s ends with an error", async (_, page) => {
    using fake = paged(page);
    expect((await failure(tagsOf(fake))).message).toContain("has no end");
  });
});
