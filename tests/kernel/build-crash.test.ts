import { describe, expect, test } from "bun:test";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../src/oci/digest.ts";
import { namesOf } from "../../src/snapshots/whole-snapshots.ts";
import { writeContext } from "../setup/build-files.ts";
import { type BuildMachine, collected, makeBuildMachine, makeDirectory } from "../setup/build-machine.ts";

const program = new URL("../programs/build-deed.ts", import.meta.url).pathname;
const dockerfile = "FROM base\nCOPY a /a\nWORKDIR /w\nCOPY b /b\n";
const pruneAll = { all: true, filters: new Map(), reservedSpace: 0, maxUsedSpace: 0, minFreeSpace: 0 };

/** Every image whole, and nothing on the disk that neither an image nor the build cache names. */
async function checkWhole({
  images,
  content,
  snapshots,
  records,
  directory,
}: BuildMachine): Promise<string[]> {
  const list = await images.list();
  for (const image of list) {
    for (const { digest } of [image.manifest, ...image.layers])
      expect(sha256(await content.read(digest))).toBe(digest);
    expect(await snapshots.stat(image.chainId ?? "")).toBeDefined();
  }
  const needed = new Set(
    list.flatMap((image) => [image.id, image.manifest.digest, ...image.layers.map(({ digest }) => digest)]),
  );
  const blobs = (await Array.fromAsync(content.list())).map(({ digest }) => digest);
  expect(blobs.filter((digest) => !needed.has(digest))).toEqual([]);
  const cached = new Set(records.buildCache.list().flatMap(({ snapshot }) => snapshot ?? []));
  const all = await snapshots.list();
  const ownNames = all.flatMap((snapshot) => namesOf(snapshot)).filter((name) => name.startsWith("build-"));
  // A step without files of its own has no layer in an image, but a place in the stack below its layers.
  const parents = new Set(all.map(({ parent }) => parent));
  expect(ownNames.filter((name) => !cached.has(name) && !parents.has(name))).toEqual([]);
  expect([...cached].filter((name) => !ownNames.includes(name))).toEqual([]);
  expect(readdirSync(join(directory, "snapshots")).length).toBe(all.length);
  return list.flatMap(({ tags }) => tags).sort();
}

async function machineWithBase(): Promise<{ machine: BuildMachine; context: string }> {
  const machine = await makeBuildMachine();
  const context = writeContext(join(makeDirectory(machine, "contexts"), "one"), { a: "1", b: "2" });
  await machine.build("FROM scratch\nCOPY a /base\n", context, { tags: ["base"] });
  writeFileSync(join(makeDirectory(machine, "contexts"), "Dockerfile"), dockerfile);
  return { machine, context };
}

describe("kill -9", () => {
  test.each([
    ["snapshot.commit", "build"],
    ["image.pack", "build"],
    ["content.commit", "build"],
    ["image.record", "build"],
    ["snapshot.remove", "prune"],
  ])("at %s of a %s leaves whole images and no rubbish", async (failpoint, deed) => {
    const { machine, context } = await machineWithBase();
    await using _ = machine;
    // Only in the cache: what an image has as well would stay.
    if (deed === "prune")
      await machine.build(dockerfile, context, { outputs: [{ kind: "tar", open: collected().open }] });
    machine.records.close();
    const words = [program, machine.directory, deed, context, join(machine.directory, "contexts/Dockerfile")];
    const result = Bun.spawnSync([process.execPath, ...words], {
      env: { ...process.env, HULL_FAIL: `${failpoint}=1*exit` },
      stderr: "pipe",
    });
    if (result.signalCode !== "SIGKILL") throw new Error(`it was not killed: ${result.stderr}`);
    const again = await makeBuildMachine(machine.directory);
    await again.snapshots.repair(() => false);
    await again.builder.repair();
    await again.images.collectGarbage();
    expect(await checkWhole(again)).toEqual(["base:latest"]);
    await again.build(dockerfile, context, { tags: ["app"] });
    expect(await checkWhole(again)).toEqual(["app:latest", "base:latest"]);
    await again.builder.close();
    again.records.close();
  });
});

test("builds, removals, prunes and collections at once leave whole images", async () => {
  const { machine, context } = await machineWithBase();
  await using _ = machine;
  const rounds = Number(process.env.HULL_TEST_RUNS ?? 6);
  const ignore = () => {};
  for (let round = 0; round < rounds; round++) {
    const changed = writeContext(join(machine.directory, "contexts", `r${round}`), { a: "1", b: `${round}` });
    const usedBy = () => [];
    await Promise.all([
      machine.build(dockerfile, context, { tags: ["same"] }),
      machine.build(dockerfile, changed, { tags: [`round${round}`] }),
      machine.build(dockerfile, changed, { tags: ["again"], noCache: true }),
      machine.images.remove("same", { force: true, prune: true, usedBy }).catch(ignore),
      machine.builder.prune(pruneAll),
      machine.images.collectGarbage(),
      machine.images.remove(`round${round - 1}`, { force: true, prune: true, usedBy }).catch(ignore),
    ]);
  }
  await machine.builder.prune({ ...pruneAll, maxUsedSpace: 2 ** 50 });
  await machine.images.collectGarbage();
  const tags = await checkWhole(machine);
  expect(tags).toContain("base:latest");
  expect(tags).toContain(`round${rounds - 1}:latest`);
  await machine.builder.prune(pruneAll);
  await machine.images.collectGarbage();
  expect(await checkWhole(machine)).toEqual(tags);
  // Untagged ones, too: a tag that moved on leaves its image.
  for (const { id } of await machine.images.list())
    await machine.images.remove(id, { force: true, prune: true, usedBy: () => [] }).catch(ignore);
  // What one side could not take because of the other goes the next time.
  for (const _ of [1, 2, 3]) {
    await machine.builder.prune(pruneAll);
    await machine.images.collectGarbage();
  }
  expect(await machine.snapshots.list()).toEqual([]);
  expect(await Array.fromAsync(machine.content.list())).toEqual([]);
});
