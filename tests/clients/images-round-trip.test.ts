import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findBusybox } from "../../src/images/bootstrap/busybox-image.ts";
import { localImage, localImageArchive } from "../../src/images/bootstrap/local-image.ts";
import { sha256 } from "../../src/oci/digest.ts";
import { clientEngine, onReference } from "../setup/client-engine.ts";
import { fillOddTree, treeOf } from "../setup/odd-tree.ts";
import { makeNetworkNamespace, ReferenceEngine } from "../setup/reference-engine.ts";

/** Docker keeps this one attribute of all there are. */
const dockersAttributes = ["security.capability"];

/** Everything a second layer can do to a first one. */
const changes = `set -e; cd /tree
rm -r sticky; mkdir sticky; echo new > sticky/inside
rm old; mkdir old; echo x > old/now-a-directory
rm -r d*; echo file > "$(printf 'dd\\351')"
ln suid across-layers; chmod 4711 suid
mv "$(printf 'caf\\351')" moved
mknod zero c 1 5; mknod fifo p; ln -s ../../outside dangling
echo more >> sparse; touch -d 2001-02-03 empty`;

const dockerd = Bun.which("dockerd");
const skopeo = Bun.which("skopeo");
const hull = clientEngine({ busybox: false });
let directory = "";
let docker: ReferenceEngine | undefined;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "hull-round-trip-"));
  await makeOddImage();
  if (!dockerd || onReference) return;
  const { wrapper, remove } = makeNetworkNamespace(`hull-trip-${process.pid}`);
  docker = new ReferenceEngine(dockerd, wrapper, remove);
  await docker.start();
});
afterAll(async () => {
  await docker?.[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});

const file = (name: string) => join(directory, name);

/** odd:1, a layer as GNU tar writes it: the odd tree, and a busybox to change it with. */
async function makeOddImage(): Promise<void> {
  const root = file("root");
  mkdirSync(join(root, "bin"), { recursive: true });
  copyFileSync(findBusybox() ?? "", join(root, "bin/busybox"));
  mkdirSync(join(root, "tree"));
  fillOddTree(join(root, "tree"));
  // Docker takes the capabilities off a file when it makes the second name of it.
  rmSync(join(root, "tree/hard"));
  // Without --sparse: Docker loads a layer with sparse files and cannot save it again.
  const options = ["--format=posix", "--xattrs", "--xattrs-include=*", "--numeric-owner"];
  const made = Bun.spawnSync(["tar", "-C", root, ...options, "-cf", file("layer.tar"), "."]);
  expect(made.exitCode).toBe(0);
  const bytes = readFileSync(file("layer.tar"));
  const layer = {
    diffId: sha256(bytes),
    size: bytes.length,
    bytes: () => Bun.file(file("layer.tar")).stream(),
  };
  const config = { runConfig: { Cmd: ["/bin/busybox", "sh"] }, created: 0, createdBy: "tar" };
  await using image = localImage(layer, config);
  const parts = await Array.fromAsync(localImageArchive(image, [`${hull.id}-odd:1`]));
  await Bun.write(file("odd.tar"), Buffer.concat(parts));
}

type Engine = Pick<ReferenceEngine, "ok">;

async function exported(engine: Engine, image: string, xattrs: readonly string[]) {
  const container = await engine.ok("create", image, "x");
  await engine.ok("export", "-o", file("export.tar"), container);
  await engine.ok("rm", container);
  return treeOf(Bun.file(file("export.tar")).stream(), "tree", xattrs);
}

/** Runs the changes on an engine and commits them; gives the archive of the image. */
async function changed(engine: Engine, image: string, as: string): Promise<string> {
  const name = hull.name("changer");
  await engine.ok(
    "run",
    "--network=none",
    "--name",
    name,
    image,
    "/bin/busybox",
    "sh",
    "-c",
    `busybox() { /bin/busybox "$@"; }; for a in rm mkdir ln chmod mv mknod touch; do alias $a="/bin/busybox $a"; done\n${changes}`,
  );
  await engine.ok("commit", name, as);
  await engine.ok("rm", name);
  await engine.ok("save", "-o", file(`${as.replace(/\W/g, "-")}.tar`), as);
  return file(`${as.replace(/\W/g, "-")}.tar`);
}

const withDocker = dockerd ? test : test.skip;

describe("an image of everything a tree can hold", () => {
  const odd = () => `${hull.id}-odd:1`;

  test("is what was packed", async () => {
    await hull.ok("load", "-i", file("odd.tar"));
    const all = [...dockersAttributes, "user.note", "user.dir"];
    const packed = await treeOf(Bun.file(file("layer.tar")).stream(), "tree", all);
    expect(Object.keys(packed).length).toBeGreaterThan(20);
    expect(await exported(hull, odd(), all)).toEqual(packed);
  });

  withDocker("is the same on dockerd", async () => {
    await hull.ok("save", "-o", file("saved.tar"), odd());
    await docker?.ok("load", "-i", file("saved.tar"));
    if (docker)
      expect(await exported(docker, odd(), dockersAttributes)).toEqual(
        await exported(hull, odd(), dockersAttributes),
      );
  });

  withDocker("changed and committed here, is the same on dockerd", async () => {
    const archive = await changed(hull, odd(), `${hull.id}-ours:1`);
    await docker?.ok("load", "-i", archive);
    const ours = await exported(hull, `${hull.id}-ours:1`, dockersAttributes);
    expect(ours['"tree/old"']).toStartWith('["directory"');
    if (docker) expect(await exported(docker, `${hull.id}-ours:1`, dockersAttributes)).toEqual(ours);
  });

  withDocker("changed and committed on dockerd, is the same here", async () => {
    if (!docker) return;
    const archive = await changed(docker, odd(), `${hull.id}-theirs:1`);
    await hull.ok("load", "-i", archive);
    const theirs = await exported(docker, `${hull.id}-theirs:1`, dockersAttributes);
    expect(await exported(hull, `${hull.id}-theirs:1`, dockersAttributes)).toEqual(theirs);
  });

  (skopeo ? test : test.skip)("is the same after skopeo made an OCI layout of it, compressed", async () => {
    await hull.ok("save", "-o", file("for-skopeo.tar"), odd());
    const copy = Bun.spawnSync([
      skopeo ?? "",
      ...["copy", "-q", "--insecure-policy", `docker-archive:${file("for-skopeo.tar")}`],
      `oci-archive:${file("oci.tar")}:${hull.id}-skopeo:1`,
    ]);
    expect(copy.stderr.toString()).toBe("");
    await hull.ok("load", "-i", file("oci.tar"));
    const all = [...dockersAttributes, "user.note"];
    expect(await exported(hull, `${hull.id}-skopeo:1`, all)).toEqual(await exported(hull, odd(), all));
  });
});
