import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256 } from "../../src/oci/digest.ts";
import { imageManifest, ociIndex, ociManifest } from "../setup/registry-client.ts";
import { ServedRegistry } from "../setup/served-registry.ts";
import { until } from "../setup/until.ts";

const folder = mkdtempSync(join(tmpdir(), "hull-served-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const root = (name: string) => join(folder, name);

const skopeo = Bun.which("skopeo");

async function run(...command: string[]): Promise<{ code: number; out: string; err: string }> {
  const child = Bun.spawn(command, { stdout: "pipe", stderr: "pipe", stdin: "ignore" });
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { code, out, err };
}

/** An image for two platforms as an OCI layout; the names of its blobs. */
function writeLayout(directory: string): string[] {
  mkdirSync(join(directory, "blobs/sha256"), { recursive: true });
  const put = (bytes: string | Uint8Array) => {
    writeFileSync(join(directory, "blobs", sha256(bytes).replace(":", "/")), bytes);
    return { digest: sha256(bytes), size: bytes.length };
  };
  const manifests = ["amd64", "arm64"].map((architecture) => {
    const layer = Bun.gzipSync(Buffer.alloc(1024 * 1024, architecture));
    const diffId = sha256(Buffer.alloc(1024 * 1024, architecture));
    const rootfs = { type: "layers", diff_ids: [diffId] };
    const config = put(JSON.stringify({ architecture, os: "linux", config: {}, rootfs }));
    const mediaType = "application/vnd.oci.image.layer.v1.tar+gzip";
    const manifest = put(imageManifest(config, [{ ...put(layer), ...{ mediaType } }]));
    return { mediaType: ociManifest, ...manifest, platform: { os: "linux", architecture } };
  });
  const index = put(JSON.stringify({ schemaVersion: 2, mediaType: ociIndex, manifests }));
  const name = { "org.opencontainers.image.ref.name": "multi" };
  const entry = { mediaType: ociIndex, ...index, annotations: name };
  writeFileSync(join(directory, "index.json"), JSON.stringify({ schemaVersion: 2, manifests: [entry] }));
  writeFileSync(join(directory, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  return readdirSync(join(directory, "blobs/sha256")).sort();
}

describe("hull registry serve", () => {
  test("says where it is and how to push to it, and keeps others out of its directory", async () => {
    await using registry = await ServedRegistry.start(["--root", root("one")]);
    expect(registry.greeting).toContain(`Registry at ${registry.url}, data in ${root("one")}`);
    expect(registry.greeting).toContain(`docker push ${registry.address}/busybox`);
    const second = await ServedRegistry.run(["serve", "--addr", "127.0.0.1:0", "--root", root("one")]);
    expect([second.code, second.err]).toEqual([1, expect.stringContaining("is working in")]);
    const gc = await ServedRegistry.run(["gc", "--root", root("one")]);
    expect(gc.code).toBe(1);
    const nowhere = await ServedRegistry.run(["gc", "--root", root("nowhere")]);
    expect([nowhere.code, nowhere.err]).toEqual([1, expect.stringContaining("no registry has its data in")]);
    const wrong = await ServedRegistry.run(["serve", "--addr", "nonsense", "--root", root("nowhere")]);
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining("must be HOST:PORT")]);
    expect(existsSync(root("nowhere"))).toBeFalse();
    const third = await ServedRegistry.run(["serve", "--addr", registry.address, "--root", root("two")]);
    expect([third.code, third.err]).toEqual([1, expect.stringContaining("somebody else does already")]);
    expect(await registry.stop()).toBe(0);
    expect((await ServedRegistry.run(["gc", "--root", root("one")])).out).toBe("Deleted: nothing\n");
  });

  test("refuses settings it does not know, and those that contradict each other", async () => {
    const file = join(folder, "bad.yaml");
    writeFileSync(file, "addr: 127.0.0.1:0\nadress: x\n");
    const unknown = await ServedRegistry.run(["serve", "--config", file]);
    expect(unknown.err).toContain('unknown key "adress"');
    const lonely = await ServedRegistry.run(["serve", "--root", root("x"), "--anonymous-pull"]);
    expect(lonely.err).toContain("there is no htpasswd file");
    expect([unknown.code, lonely.code]).toEqual([1, 1]);
  });

  test("an upload goes on after the registry was killed in the middle of it", async () => {
    const bytes = Buffer.alloc(2_000_000, "0123456789abcdefg");
    const digest = sha256(bytes);
    let location = "";
    {
      await using registry = await ServedRegistry.start(["--root", root("killed")]);
      const begun = await fetch(`${registry.url}/v2/a/blobs/uploads/`, { method: "POST" });
      location = begun.headers.get("location") ?? "";
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
      const patch = fetch(registry.url + location, { method: "PATCH", body: readable }).catch(() => {});
      const writer = writable.getWriter();
      await writer.write(bytes.subarray(0, 1_500_000));
      await until("some of it arrived", async () => (await offsetOf(registry.url + location)) > 0);
      await registry.kill();
      await patch;
      await writer.abort().catch(() => {});
    }
    await using registry = await ServedRegistry.start(["--root", root("killed")]);
    const offset = await offsetOf(registry.url + location);
    expect(offset).toBeGreaterThan(0);
    const done = await fetch(`${registry.url}${location}?digest=${digest}`, {
      method: "PUT",
      body: bytes.subarray(offset),
      headers: { "Content-Range": `${offset}-${bytes.length - 1}` },
    });
    expect(done.status).toBe(201);
    const back = await (await fetch(`${registry.url}/v2/a/blobs/${digest}`)).bytes();
    expect(sha256(back)).toBe(digest);
  });

  test("a crash between the bytes and their place loses nothing that was promised", async () => {
    const { url, kill } = await ServedRegistry.start(["--root", root("crash")], {
      HULL_FAIL: "registry.commit=1*exit",
    });
    const push = (base: string) =>
      fetch(`${base}/v2/a/blobs/uploads/?digest=${sha256("x")}`, { method: "POST", body: "x" });
    expect(push(url)).rejects.toThrow();
    await until("it fell", async () => (await fetch(url).catch(() => undefined)) === undefined);
    await kill();
    await using registry = await ServedRegistry.start(["--root", root("crash")]);
    expect((await fetch(`${registry.url}/v2/a/blobs/${sha256("x")}`)).status).toBe(404);
    expect((await push(registry.url)).status).toBe(201);
    await registry.stop();
    const gc = await ServedRegistry.run(["gc", "--root", root("crash"), "--grace", "0"]);
    expect(gc.out).toContain("deleted blob ");
  });

  test.skipIf(!skopeo)(
    "skopeo copies, lists, inspects and deletes; the bytes come back the same",
    async () => {
      await using registry = await ServedRegistry.start(["--root", root("skopeo")]);
      const blobs = writeLayout(join(folder, "there"));
      const image = `docker://${registry.address}/team/multi:1`;
      const copy = ["copy", "--all", "--insecure-policy"];
      const pushed = await run(
        "skopeo",
        ...copy,
        "--dest-tls-verify=false",
        `oci:${folder}/there:multi`,
        image,
      );
      expect([pushed.code, pushed.code === 0 ? "" : pushed.err]).toEqual([0, ""]);
      const back = `oci:${folder}/back:multi`;
      expect((await run("skopeo", ...copy, "--src-tls-verify=false", image, back)).code).toBe(0);
      expect(readdirSync(join(folder, "back/blobs/sha256")).sort()).toEqual(blobs);
      const other = `docker://${registry.address}/other/multi:2`;
      const across = await run(
        "skopeo",
        ...copy,
        ...["--src-tls-verify=false", "--dest-tls-verify=false", image, other],
      );
      expect(across.code).toBe(0);
      const tls = "--tls-verify=false";
      const tags = await run("skopeo", "list-tags", tls, `docker://${registry.address}/team/multi`);
      expect(JSON.parse(tags.out).Tags).toEqual(["1"]);
      const inspected = await run("skopeo", "inspect", tls, image);
      expect(JSON.parse(inspected.out).Architecture).toBe("amd64");
      expect((await run("skopeo", "delete", tls, image)).code).toBe(0);
      expect((await run("skopeo", "inspect", tls, image)).err).toContain("manifest unknown");
    },
  );
});

async function offsetOf(upload: string): Promise<number> {
  const range = (await fetch(upload)).headers.get("range") ?? "";
  const last = Number(range.split("-")[1]);
  return last === 0 ? 0 : last + 1;
}
