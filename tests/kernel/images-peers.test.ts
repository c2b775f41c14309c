import { expect, test } from "bun:test";
import { join } from "node:path";
import { bytesOf, makeImage, makeImageStore } from "../setup/image-stores.ts";

const skopeo = Bun.which("skopeo");

function run(...command: string[]): string {
  const result = Bun.spawnSync([skopeo ?? "skopeo", ...command], { stderr: "pipe" });
  if (result.exitCode !== 0) throw new Error(`skopeo ${command.join(" ")}: ${result.stderr}`);
  return result.stdout.toString();
}

async function savedImage(setting: ReturnType<typeof makeImageStore>) {
  const base = await makeImage(setting.images, "base");
  const top = await makeImage(setting.images, "top", base);
  await setting.images.tag(top.id, "peer:1");
  const path = join(setting.directory, "saved.tar");
  await Bun.write(path, await bytesOf(await setting.images.save(["peer:1"])));
  return { top, path };
}

test.skipIf(!skopeo)("skopeo reads what save() writes, as docker-archive and as OCI layout", async () => {
  await using setting = makeImageStore();
  const { top, path } = await savedImage(setting);
  const layout = JSON.parse(run("inspect", `oci-archive:${path}`));
  expect(layout.Digest).toBe(top.manifest.digest);
  expect(layout.Layers).toEqual(top.layers.map(({ digest }) => digest));
  const archive = JSON.parse(run("inspect", "--raw", `docker-archive:${path}`));
  expect(archive.config.digest).toBe(top.id);
});

test.skipIf(!skopeo).each([
  ["docker-archive", "docker-archive", "docker-archive:PATH:peer:2"],
  ["oci-archive", "oci-archive", "oci-archive:PATH:peer:2"],
])("load() reads what skopeo writes as %s", async (_, from, to) => {
  await using setting = makeImageStore();
  const { top, path } = await savedImage(setting);
  const copied = join(setting.directory, "copied.tar");
  run("copy", "-q", `${from}:${path}`, to.replace("PATH", copied));
  await using second = makeImageStore();
  const [loaded] = await second.images.load(Bun.file(copied).stream());
  expect(loaded?.tags).toEqual(["peer:2"]);
  expect(loaded?.image.chainId).toBe(top.chainId);
  if (from === "docker-archive") expect(loaded?.image.id).toBe(top.id);
});
