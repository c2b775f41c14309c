import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { clientEngine, expected, hullOnly, onReference } from "../setup/client-engine.ts";
import { RegistryUnderTest, registryProgram } from "../setup/registry-under-test.ts";

const engine = clientEngine();
const password = "pushing is fun";
const skopeo = Bun.which("skopeo");

/** The last word about each layer, and the lines without an id. */
function words(out: string) {
  const lines = out.split("\n").filter(Boolean);
  const layers = new Map<string, string>();
  for (const line of lines) {
    const [, id, status] = /^([0-9a-f]{12}): (.*)$/.exec(line) ?? [];
    if (id && status) layers.set(id, status);
  }
  return { layers: [...layers.values()], plain: lines.filter((line) => !/^[0-9a-f]{12}: /.test(line)) };
}

const name = "docker push to docker-registry";
describe.skipIf(!registryProgram)(
  registryProgram ? name : `${name} [not installed: Debian package docker-registry]`,
  () => {
    let registry: RegistryUnderTest | undefined;
    const address = () => registry?.address ?? "";
    const image = (path: string) => `${address()}/${engine.id}/${path}`;

    /** An image of two layers: busybox, and one with a file of its own. */
    const made = async (reference: string, content: string) => {
      const container = await engine.ok("create", "busybox", "true");
      await Bun.write(join(engine.directory, "made"), content);
      await engine.ok("cp", join(engine.directory, "made"), `${container}:/made`);
      await engine.ok("commit", "-c", "LABEL made=here", container, reference);
      await engine.ok("rm", container);
    };

    const ask = (path: string, accept = "*/*") =>
      engine.hostProgram(
        `const answer = await fetch("http://${address()}/v2/${engine.id}/${path}", {
           headers: { Accept: ${JSON.stringify(accept)}, Authorization: "Basic ${btoa(`me:${password}`)}" } });
         const bytes = new Uint8Array(await answer.arrayBuffer());
         const sha256 = new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
         console.log(JSON.stringify({ status: answer.status, type: answer.headers.get("content-type"),
           sha256, text: bytes.length < 10000 ? Buffer.from(bytes).toString() : "" }))`,
      );

    beforeAll(async () => {
      registry = await RegistryUnderTest.start({
        directory: join(engine.directory, "registry"),
        port: await engine.freePort(),
        username: "me",
        password,
        prefix: engine.hostPrefix,
      });
    });
    afterAll(async () => {
      const names = (await engine.ok("images", "--format", "{{.Repository}}:{{.Tag}}")).split("\n");
      const mine = names.filter((reference) => reference.includes(engine.id));
      if (mine.length > 0) await engine.ok("rmi", "-f", ...mine);
      await registry?.[Symbol.asyncDispose]();
    });

    test("without a login it is refused", async () => {
      const reference = image("x:1");
      await engine.ok("tag", "busybox", reference);
      const { code, err } = await engine.docker("push", reference);
      expect([code, err]).toEqual([1, expect.stringMatching(/^no basic auth credentials/)]);
      if (!onReference) expect(err).toContain(`log in with 'docker login ${address()}'`);
      await engine.ok("rmi", reference);
    });

    test("pushed, there already, mounted; what the registry holds is what was said", async () => {
      await engine.dockerWith({ stdin: password }, "login", "-u", "me", "--password-stdin", address());
      const reference = image("team/app:1");
      await made(reference, "one");
      const first = words(await engine.ok("push", reference));
      expect(first.layers).toEqual(["Pushed", "Pushed"]);
      expect(first.plain[0]).toBe(`The push refers to repository [${image("team/app")}]`);
      const [, digest = "", size] =
        /^1: digest: (sha256:[0-9a-f]{64}) size: (\d+)$/.exec(first.plain[1] ?? "") ?? [];

      const types =
        "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json";
      const manifest = JSON.parse(await ask("team/app/manifests/1", types));
      expect([`sha256:${manifest.sha256}`, String(manifest.text.length)]).toEqual([digest, size ?? ""]);
      const { config, layers, mediaType } = JSON.parse(manifest.text);
      expect(mediaType).toBe(
        expected("application/vnd.oci.image.manifest.v1+json", {
          reference: "application/vnd.docker.distribution.manifest.v2+json",
          reason: "dockerd makes manifests of its own kind",
        }),
      );
      expect(config.digest).toBe(await engine.ok("inspect", "-f", "{{.Id}}", reference));
      for (const blob of [config, ...layers]) {
        const { sha256 } = JSON.parse(await ask(`team/app/blobs/${blob.digest}`));
        expect(`sha256:${sha256}`).toBe(blob.digest);
      }
      const digests = await engine.ok("inspect", "-f", "{{json .RepoDigests}}", reference);
      expect(JSON.parse(digests)).toEqual([`${image("team/app")}@${digest}`]);

      const again = words(await engine.ok("push", reference));
      expect(again).toEqual({ layers: ["Layer already exists", "Layer already exists"], plain: first.plain });

      await engine.ok("tag", reference, image("other:2"));
      const other = words(await engine.ok("push", image("other:2")));
      expect(other.layers).toEqual([
        `Mounted from ${engine.id}/team/app`,
        `Mounted from ${engine.id}/team/app`,
      ]);
      expect(other.plain[1]).toContain(digest);
    });

    test("-a pushes every tag, and only of that repository", async () => {
      const [one, two] = [image("many:1"), image("many:2")];
      await made(one, "first");
      await made(two, "second");
      const { plain } = words(await engine.ok("push", "-a", image("many")));
      expect(plain.map((line) => line.split(" ")[0])).toEqual(["The", "1:", "2:"]);
      const tags = JSON.parse(JSON.parse(await ask("many/tags/list")).text);
      expect(tags.tags.sort()).toEqual(["1", "2"]);
    });

    test("the event names it, with its labels", async () => {
      const since = Math.floor(Date.now() / 1000) - 1;
      const reference = image("team/app:1");
      await engine.ok("push", "-q", reference);
      const lines = await engine.ok(
        ...["events", "--since", String(since), "--until", String(Math.ceil(Date.now() / 1000))],
        ...["--filter", "event=push", "--format", "{{.Actor.ID}} {{json .Actor.Attributes}}"],
      );
      const [id, attributes] = lines.split("\n").at(-1)?.split(" ") ?? [];
      expect(id).toBe(reference);
      expect(JSON.parse(attributes ?? "")).toMatchObject({ name: image("team/app") });
    });

    test("what is not there", async () => {
      expect(await engine.fails(1, "push", image("nothing:1"))).toBe(
        `An image does not exist locally with the tag: ${image("nothing")}`,
      );
      expect(await engine.fails(1, "push", image("team/app:9"))).toBe(
        `tag does not exist: ${image("team/app:9")}`,
      );
    });

    test("/distribution tells digest and platform", async () => {
      const digest = (await engine.ok("inspect", "-f", "{{index .RepoDigests 0}}", image("many:1"))).split(
        "@",
      )[1];
      const auth = Buffer.from(JSON.stringify({ username: "me", password })).toString("base64url");
      const answer = await fetch(`http://engine/v1.41/distribution/${image("many:1")}/json`, {
        unix: engine.socket,
        headers: { "X-Registry-Auth": auth },
      });
      const { Descriptor, Platforms } = (await answer.json()) as {
        Descriptor: { digest: string };
        Platforms: object[] | null;
      };
      expect(Descriptor.digest).toBe(digest ?? "");
      if (!onReference) expect(Platforms).toEqual([{ os: "linux", architecture: expect.any(String) }]);
    });

    const peer = hullOnly("one engine is enough for the other program");
    (skopeo ? peer : test.skip)(
      skopeo
        ? "skopeo sees the same bytes"
        : "skopeo sees the same bytes [not installed: Debian package skopeo]",
      async () => {
        const run = (...args: string[]) => {
          const { code, out, err } = engine.hostNetwork(skopeo ?? "skopeo", ...args);
          if (code !== 0) throw new Error(err);
          return out;
        };
        const credentials = [`--creds=me:${password}`, "--tls-verify=false"];
        const inspected = JSON.parse(run("inspect", ...credentials, `docker://${image("many:1")}`));
        const own = await engine.ok("inspect", "-f", "{{index .RepoDigests 0}}", image("many:1"));
        expect(own).toBe(`${image("many")}@${inspected.Digest}`);

        // Out of the registry by skopeo, back in by load: the same image.
        const archive = join(engine.directory, "skopeo.tar");
        const from = [`--src-creds=me:${password}`, "--src-tls-verify=false", `docker://${image("many:1")}`];
        run("copy", "-q", ...from, `oci-archive:${archive}:${image("back:1")}`);
        await engine.ok("load", "-q", "-i", archive);
        const ids = await engine.ok("inspect", "-f", "{{.Id}}", image("back:1"), image("many:1"));
        expect(new Set(ids.split("\n")).size).toBe(1);

        // And what save writes goes into the registry by skopeo with the digest push gave.
        const saved = join(engine.directory, "saved.tar");
        await engine.ok("save", "-o", saved, image("many:2"));
        const to = [`--dest-creds=me:${password}`, "--dest-tls-verify=false"];
        run(
          "copy",
          "-q",
          "--preserve-digests",
          ...to,
          `oci-archive:${saved}`,
          `docker://${image("by-skopeo:1")}`,
        );
        const copied = JSON.parse(run("inspect", ...credentials, `docker://${image("by-skopeo:1")}`));
        expect(await engine.ok("inspect", "-f", "{{index .RepoDigests 0}}", image("many:2"))).toBe(
          `${image("many")}@${copied.Digest}`,
        );
      },
    );

    test("the registry complained about nothing", () => {
      const log = readFileSync(join(engine.directory, "registry/registry.log"), "utf8");
      expect(
        log.split("\n").filter((line) => line.includes("level=error") && !line.includes("unknown")),
      ).toEqual([]);
    });
  },
);
