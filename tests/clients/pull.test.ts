import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../src/oci/digest.ts";
import { mediaTypes } from "../../src/oci/manifest.ts";
import { FakeDistribution } from "../fakes/fake-distribution.ts";
import { clientEngine, hullOnly, onReference } from "../setup/client-engine.ts";
import { tar } from "../setup/image-stores.ts";
import { RegistryUnderTest, registryProgram } from "../setup/registry-under-test.ts";
import { addRemoteImage } from "../setup/remote-image.ts";
import { until } from "../setup/until.ts";

const engine = clientEngine();
const password = "pulling is fun";
const oneRegistry = "the registry is in the tests' own network";

const name = "docker pull from docker-registry";
describe.skipIf(!registryProgram)(
  registryProgram ? name : `${name} [not installed: Debian package docker-registry]`,
  () => {
    let registry: RegistryUnderTest | undefined;
    const address = () => registry?.address ?? "";
    const image = (path: string) => `${address()}/${engine.id}/${path}`;
    let digest = "";

    beforeAll(async () => {
      registry = await RegistryUnderTest.start({
        directory: join(engine.directory, "registry"),
        port: await engine.freePort(),
        username: "me",
        password,
        prefix: engine.hostPrefix,
      });
      await engine.dockerWith({ stdin: password }, "login", "-u", "me", "--password-stdin", address());
      for (const tag of ["1", "2"]) {
        await engine.ok("tag", "busybox", image(`x:${tag}`));
        const pushed = await engine.ok("push", image(`x:${tag}`));
        digest = /digest: (sha256:[0-9a-f]{64})/.exec(pushed)?.[1] ?? "";
        await engine.ok("rmi", image(`x:${tag}`));
      }
    });
    afterAll(async () => {
      await engine.docker("rmi", "-f", image("x:1"), image("x:2"), `${image("x")}@${digest}`);
      await registry?.[Symbol.asyncDispose]();
    });

    test("a name, news once, its digest, and an event", async () => {
      const since = Math.floor(Date.now() / 1000);
      const first = await engine.ok("pull", image("x:1"));
      expect(first.split("\n").slice(0, 1)).toEqual([`1: Pulling from ${engine.id}/x`]);
      expect(first.split("\n").slice(-3)).toEqual([
        `Digest: ${digest}`,
        `Status: Downloaded newer image for ${image("x:1")}`,
        image("x:1"),
      ]);
      expect(await engine.ok("pull", image("x:1"))).toContain(
        `Status: Image is up to date for ${image("x:1")}`,
      );
      expect(await engine.ok("pull", "-q", image("x:1"))).toBe(image("x:1"));
      expect(await engine.ok("inspect", "-f", "{{json .RepoDigests}}", image("x:1"))).toContain(
        `${image("x")}@${digest}`,
      );
      const until = String(Math.floor(Date.now() / 1000) + 1);
      const filters = ["--filter", "type=image", "--filter", "event=pull"];
      const format = "{{.Actor.ID}} {{.Actor.Attributes.name}}";
      const events = await engine.ok(
        "events",
        "--since",
        `${since}`,
        "--until",
        until,
        ...filters,
        "--format",
        format,
      );
      expect(events.split("\n").filter((line) => line.includes(engine.id))).toContain(
        `${image("x:1")} ${image("x")}`,
      );
    });

    test("all tags, a digest, and a missing image by run and create", async () => {
      const all = await engine.ok("pull", "-a", image("x"));
      expect(all).toContain(`1: Pulling from ${engine.id}/x`);
      expect(all).toContain(`2: Pulling from ${engine.id}/x`);
      expect(all).toContain(image("x"));
      const byDigest = await engine.ok("pull", `${image("x")}@${digest}`);
      expect(byDigest).toContain(`${image("x")}@${digest}: Pulling from ${engine.id}/x`);
      await engine.ok("rmi", "-f", image("x:1"), image("x:2"), `${image("x")}@${digest}`);
      const run = await engine.docker("run", "--rm", image("x:2"), "echo", "here");
      expect([run.code, run.out.trim()]).toEqual([0, "here"]);
      expect(run.err).toContain(`Unable to find image '${image("x:2")}' locally`);
      const created = await engine.docker("create", "--pull", "always", image("x:2"), "true");
      expect(created.code).toBe(0);
      expect(created.err + created.out).toContain("Image is up to date");
      await engine.ok("rm", created.out.trim().split("\n").at(-1) ?? "");
    });

    test("what is not there is 404 in Docker's words", async () => {
      expect(await engine.fails(1, "pull", image("x:none"))).toBe(
        `Error response from daemon: manifest for ${image("x:none")} not found: manifest unknown: manifest unknown`,
      );
      expect(await engine.fails(1, "pull", "-a", image("none"))).toBe(
        `Error response from daemon: repository ${image("none")} not found: name unknown: repository name not known to registry`,
      );
      const auth = Buffer.from(JSON.stringify({ username: "me", password })).toString("base64url");
      const answer = await fetch(`http://x/images/create?fromImage=${image("none")}&tag=1`, {
        method: "POST",
        unix: engine.socket,
        headers: { "X-Registry-Auth": auth },
      });
      expect(answer.status).toBe(404);
    });

    test("without a login it is refused", async () => {
      await engine.ok("logout", address());
      const hint = onReference ? "" : `: log in with 'docker login ${address()}'`;
      expect(await engine.fails(1, "pull", image("x:1"))).toBe(
        `Error response from daemon: Head "http://${address()}/v2/${engine.id}/x/manifests/1": no basic auth credentials${hint}`,
      );
    });
  },
);

const noise = (size: number) =>
  Buffer.from(crypto.getRandomValues(new Uint8Array(65536)))
    .toString("hex")
    .repeat(Math.ceil(size / 131072));

function slowLayer(fake: FakeDistribution, digest: string) {
  const gone = Promise.withResolvers<void>();
  fake.before = ({ path, method, headers }) => {
    if (method !== "GET" || !path.endsWith(digest) || headers.has("range")) return undefined;
    const bytes = fake.blobs.get(digest) ?? new Uint8Array();
    let at = 0;
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        if (at > 0) return await new Promise(() => {});
        at = 1;
        controller.enqueue(bytes.subarray(0, bytes.length >> 1));
      },
      cancel: () => gone.resolve(),
    });
    return new Response(body, { headers: { "Content-Length": String(bytes.length) } });
  };
  return gone.promise;
}

const partial = () => readdirSync(join(engine.own.dataRoot, "content/ingest"));

hullOnly(oneRegistry)("Ctrl-C ends the download, and the next pull goes on with it", async () => {
  using fake = new FakeDistribution();
  const { layers } = addRemoteImage(fake, "a/b", "1", [
    { tar: tar({ path: "x", content: noise(4_000_000) }) },
  ]);
  const digest = layers[0]?.digest ?? "";
  const gone = slowLayer(fake, digest);
  const client = engine.spawnDocker("pull", `${fake.address}/a/b:1`);
  await until("it downloads", () => partial().length === 1);
  await until("some of it is on the disk", () => fake.asked.some(({ path }) => path.endsWith(digest)));
  client.kill("SIGINT");
  await client.exited;
  await gone;
  expect(partial().length).toBe(1);
  await engine.ok("pull", `${fake.address}/a/b:1`);
  const last = fake.asked.findLast(({ path }) => path.endsWith(digest));
  expect(last?.headers.get("range")).toMatch(/^bytes=[1-9]\d*-$/);
  expect(partial()).toEqual([]);
});

hullOnly("it kills its engine")("kill -9 of the engine: the next one goes on with the download", async () => {
  using fake = new FakeDistribution();
  const { layers } = addRemoteImage(fake, "a/b", "2", [
    { tar: tar({ path: "x", content: noise(4_000_000) }) },
  ]);
  const digest = layers[0]?.digest ?? "";
  slowLayer(fake, digest);
  const client = engine.spawnDocker("pull", `${fake.address}/a/b:2`);
  const size = async () => {
    const [file] = partial();
    return file ? Bun.file(join(engine.own.dataRoot, "content/ingest", file)).size : 0;
  };
  await until("some of it is on the disk", async () => (await size()) > 0);
  await engine.own.kill();
  await client.exited;
  await engine.own.start();
  expect(partial().length).toBe(1);
  await engine.ok("pull", `${fake.address}/a/b:2`);
  const last = fake.asked.findLast(({ path }) => path.endsWith(digest));
  expect(last?.headers.get("range")).toMatch(/^bytes=[1-9]\d*-$/);
  expect(await engine.ok("inspect", "-f", "{{.Id}}", `${fake.address}/a/b:2`)).toStartWith("sha256:");
});

hullOnly(oneRegistry)("a platform that is missing, and one that is there", async () => {
  using fake = new FakeDistribution();
  const manifests = ["amd64", "arm64"].map(
    (architecture) =>
      addRemoteImage(fake, "a/b", "", [{ tar: tar({ path: architecture }) }], {
        platform: { os: "linux", architecture },
      }).descriptor,
  );
  fake.addManifest("a/b", "3", { schemaVersion: 2, manifests }, mediaTypes.ociIndex);
  const reference = `${fake.address}/a/b:3`;
  expect(await engine.fails(1, "pull", "--platform", "linux/s390x", reference)).toContain(
    "no matching manifest for linux/s390x in the manifest list entries",
  );
  await engine.ok("pull", "--platform", "linux/arm64", reference);
  expect(await engine.ok("inspect", "-f", "{{.Architecture}}", reference)).toBe("arm64");
});

hullOnly(oneRegistry)("a token server: anonymously, with a password, and a refusal", async () => {
  using fake = new FakeDistribution();
  addRemoteImage(fake, "open", "1", [{ tar: tar({ path: "open" }) }]);
  addRemoteImage(fake, "closed", "1", [{ tar: tar({ path: "closed" }) }]);
  const basic = `Basic ${btoa("me:secret")}`;
  fake.before = ({ path, headers, query }) => {
    const shown = headers.get("authorization");
    if (path === "/token") {
      if (shown !== null && shown !== basic)
        return Response.json({ details: "incorrect username or password" }, { status: 401 });
      const scope = query.get("scope") ?? "";
      return Response.json({ token: scope.includes(":open:") || shown ? `T-${scope}` : "T-nothing" });
    }
    const realm = `Bearer realm="http://${fake.address}/token",service="s"`;
    const [repository = ""] = path.split("/");
    if (path === "" && shown?.startsWith("Bearer T")) return undefined;
    if (shown === `Bearer T-repository:${repository}:pull`) return undefined;
    const error = shown ? ',error="insufficient_scope"' : "";
    return Response.json({}, { status: 401, headers: { "WWW-Authenticate": realm + error } });
  };
  await engine.ok("pull", `${fake.address}/open:1`);
  expect(await engine.fails(1, "pull", `${fake.address}/closed:1`)).toBe(
    `Error response from daemon: pull access denied for ${fake.address}/closed, repository does not exist or may require 'docker login': denied: requested access to the resource is denied`,
  );
  const login = await engine.dockerWith(
    { stdin: "secret" },
    "login",
    "-u",
    "me",
    "--password-stdin",
    fake.address,
  );
  expect(login.err + login.out).toContain("Login Succeeded");
  await engine.ok("pull", `${fake.address}/closed:1`);
});

hullOnly("it reloads its configuration")("a mirror of Docker Hub, set by a reload", async () => {
  using fake = new FakeDistribution();
  const { id } = addRemoteImage(fake, "library/mirrored", "latest", [{ tar: tar({ path: "m" }) }]);
  const { own } = engine;
  const reloads = () => own.log().split("configuration reloaded").length;
  const before = reloads();
  await Bun.write(
    join(own.directory, "engine.json"),
    JSON.stringify({ "registry-mirrors": [`http://${fake.address}`], "max-concurrent-downloads": 1 }),
  );
  own.signal("SIGHUP");
  await until("the reload", () => reloads() > before);
  expect(await engine.ok("pull", "mirrored")).toContain("latest: Pulling from library/mirrored");
  expect(await engine.ok("inspect", "-f", "{{.Id}}", "mirrored")).toBe(id);
});

hullOnly(oneRegistry)("a layer that is not what it should be is one clear error", async () => {
  using fake = new FakeDistribution();
  const layer = { tar: tar({ path: "x", content: noise(200_000) }), compression: "none" as const };
  const { layers } = addRemoteImage(fake, "a/b", "bad", [layer]);
  const bytes = fake.blobs.get(layers[0]?.digest ?? "")?.slice() ?? new Uint8Array();
  fake.blobs.set(layers[0]?.digest ?? "", bytes.fill(1, 1000, 2000));
  const { code, err } = await engine.docker("pull", `${fake.address}/a/b:bad`);
  expect(code).toBe(1);
  expect(err.trim()).toBe(`unexpected digest: content has ${sha256(bytes)}, expected ${layers[0]?.digest}`);
  expect(partial()).toEqual([]);
});

test("nobody there", async () => {
  const address = `127.0.0.1:${await engine.freePort()}`;
  expect(await engine.fails(1, "pull", `${address}/x:1`)).toBe(
    `Error response from daemon: Get "http://${address}/v2/": dial tcp ${address}: connect: connection refused`,
  );
});
