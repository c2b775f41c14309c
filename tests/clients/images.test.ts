import { beforeAll, describe, expect, test } from "bun:test";
import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { clientEngine, hullOnly } from "../setup/client-engine.ts";

const engine = clientEngine();
/** Marks what these tests made: other people's images on the reference are none of their business. */
const label = `of=${engine.id}`;
const mine = ["--filter", `label=${label}`];
const lines = async (...args: string[]) => (await engine.ok(...args)).split("\n").filter(Boolean);
const names = async (...filters: string[]) =>
  (await lines("images", "--format", "{{.Repository}}:{{.Tag}}", ...mine, ...filters)).sort();

async function commit(parent: string, ...options: string[]): Promise<string> {
  const container = await engine.ok("create", parent, "true");
  const id = await engine.ok("commit", "-c", `LABEL ${label}`, ...options, container);
  await engine.ok("rm", container);
  return id;
}

async function named(word: string, parent: string): Promise<string> {
  const id = await commit(parent);
  await engine.ok("tag", id, engine.name(word));
  return id;
}

describe("docker images", () => {
  const [a, b, c] = [engine.name("a"), engine.name("b"), engine.name("c")];
  beforeAll(async () => {
    await named("a", "busybox");
    await Bun.sleep(10);
    await named("b", a);
    await Bun.sleep(10);
    await commit(a);
    await named("c", "busybox");
  }, 60_000);

  test("filters choose", async () => {
    const [all, none] = [[`${a}:latest`, `${b}:latest`, `${c}:latest`], "<none>:<none>"];
    expect(await names()).toEqual([none, ...all].sort());
    expect(await names("--filter", "dangling=true")).toEqual([none]);
    expect(await names("--filter", "dangling=false")).toEqual(all);
    expect(await names("--filter", `since=${a}`)).toEqual([none, `${b}:latest`, `${c}:latest`].sort());
    expect(await names("--filter", `before=${b}`)).toEqual([`${a}:latest`]);
    expect(await names("--filter", `reference=${engine.id}-[ab]`)).toEqual([`${a}:latest`, `${b}:latest`]);
    expect(await names("--filter", `reference=${engine.id}-*:latest`)).toEqual(all);
    expect(await names("--filter", `reference=${engine.id}`)).toEqual([]);
    expect(await names("--filter", "label=of=nobody")).toEqual([]);
    const [id] = await lines("images", "-q", "--no-trunc", c);
    expect(id).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  test("bad filters are refused", async () => {
    const fails = async (filter: string) =>
      (await engine.fails(1, "images", "--filter", filter)).replace("Invalid", "invalid");
    expect(await fails("colour=red")).toContain("invalid filter 'colour'");
    expect(await fails("dangling=perhaps")).toContain("invalid filter 'dangling=[perhaps]'");
    expect(await fails("before=nobody/nothing")).toContain("No such image: nobody/nothing:latest");
  });

  test("a name goes, the image stays while others need it; then parents go with it", async () => {
    expect(await engine.ok("rmi", a)).toBe(`Untagged: ${a}:latest`);
    const pruned = await engine.ok("image", "prune", "-f", ...mine);
    expect(pruned.match(/^deleted: /gm)?.length).toBe(1);
    expect(await names()).toEqual([`${b}:latest`, `${c}:latest`]);
    const left = await lines("images", "-aq", "--no-trunc", ...mine);
    expect(left.length).toBe(3);
    const all = await engine.ok("image", "prune", "-af", ...mine);
    expect(all).toContain(`untagged: ${b}:latest`);
    for (const id of left) expect(all).toContain(`deleted: ${id}`);
    expect(await lines("images", "-aq", ...mine)).toEqual([]);
  });
});

test("rmi: names and ids, force, and who stands in the way", async () => {
  const id = await named("used", "busybox");
  const [used, second] = [engine.name("used"), engine.name("used-too")];
  await engine.ok("tag", used, second);
  const short = id.slice(7, 19);
  expect(await engine.fails(1, "rmi", id)).toContain(
    `conflict: unable to delete ${short} (must be forced) - image is referenced in multiple repositories`,
  );
  expect(await engine.ok("rmi", second)).toBe(`Untagged: ${second}:latest`);
  const container = await engine.ok("create", used, "sleep", "100");
  const holder = container.slice(0, 12);
  expect(await engine.fails(1, "rmi", used)).toContain(
    `conflict: unable to remove repository reference "${used}" (must force) - container ${holder} is using its referenced image ${short}`,
  );
  await engine.ok("start", container);
  expect(await engine.fails(1, "rmi", "-f", id)).toContain(
    `conflict: unable to delete ${short} (cannot be forced) - image is being used by running container ${holder}`,
  );
  await engine.ok("rm", "-f", container);
  expect((await lines("rmi", "-f", id)).slice(0, 2)).toEqual([`Untagged: ${used}:latest`, `Deleted: ${id}`]);
  const two = await engine.docker("rmi", "nobody/one", "nobody/two");
  expect([two.code, two.err.match(/No such image/g)?.length]).toEqual([1, 2]);
});

test("history names the images on the way that are known here", async () => {
  const top = await named("top", "busybox");
  const base = await engine.ok("inspect", "-f", "{{.Id}}", "busybox");
  const ids = await lines("history", "-q", "--no-trunc", engine.name("top"));
  expect(ids.slice(0, 2)).toEqual([top, base]);
  await engine.ok("rmi", engine.name("top"));
});

test("save: what cannot be saved", async () => {
  expect(await engine.fails(1, "save", "-o", join(engine.directory, "x"), "nobody/nothing")).toContain(
    "No such image: nobody/nothing",
  );
  expect(await engine.fails(1, "save", "-o", join(engine.directory, "x"), "busybox:nothing")).toContain(
    "reference does not exist",
  );
});

const today = hullOnly("the reference is too old to know platforms and manifests");

today(
  "platforms: each command takes the one that is there, and refuses others in Docker's words",
  async () => {
    const file = (word: string) => join(engine.directory, word);
    await engine.ok("save", "-o", file("layer.tar"), "busybox");
    await engine.ok("import", "--platform", "linux/arm64/v8", file("layer.tar"), "arm:1");
    expect(await engine.field("arm:1", "{{.Os}} {{.Architecture}} {{.Variant}}")).toBe("linux arm64 v8");
    await engine.ok("save", "--platform", "linux/arm64", "-o", file("arm.tar"), "arm:1");
    await engine.ok("load", "-q", "--platform", "linux/arm64", "-i", file("arm.tar"));
    await engine.ok("history", "--platform", "linux/arm64/v8", "arm:1");
    const unasked = await engine.docker("create", "--name", "foreign", "arm:1", "true");
    expect(unasked.err).toContain("The requested image's platform (linux/arm64/v8) does not match");
    await engine.ok("rm", "foreign");
    const asked = await engine.docker(
      "create",
      "--name",
      "foreign",
      "--platform",
      "linux/arm64/v8",
      "arm:1",
      "true",
    );
    expect(asked.err).not.toContain("does not match");
    await engine.ok("rm", "foreign");
    const refusal =
      "image with reference arm:1 was found but does not provide the specified platform (linux/s390x)";
    const other = ["--platform", "linux/s390x"];
    expect(await engine.fails(1, "history", ...other, "arm:1")).toContain(refusal);
    expect(await engine.fails(1, "image", "inspect", ...other, "arm:1")).toContain(refusal);
    expect(await engine.fails(1, "push", ...other, "arm:1")).toContain(refusal);
    expect(await engine.fails(1, "save", ...other, "-o", file("x"), "arm:1")).toContain(
      "no suitable export target found for platform linux/s390x",
    );
    expect(await engine.fails(1, "load", ...other, "-i", file("arm.tar"))).toContain(
      "no suitable image for platform linux/s390x",
    );
    await engine.ok("rmi", "arm:1");
  },
);

today("images --tree draws what is stored of each image, and for which platform", async () => {
  const container = await engine.ok("run", "-d", "--init", "busybox", "sleep", "100");
  const { out } = await engine.docker("images", "--tree", "busybox");
  await engine.ok("rm", "-f", container);
  const rows = out.split("\n").filter((line) => /busybox|linux\//.test(line));
  expect(rows.length).toBe(2);
  expect(rows[0]).toMatch(/^busybox:latest +[0-9a-f]{12} +[\d.]+MB +[\d.]+MB +U/);
  expect(rows[1]).toMatch(/^└─ linux\/[a-z0-9]+ +[0-9a-f]{12} +[\d.]+MB +[\d.]+MB +U/);
});

today("system df counts each stored byte once: as many as are in the files", async () => {
  const id = await named("df", "busybox");
  const answer = await engine.request("GET", "/v1.50/system/df");
  const usage = (await answer.json()) as {
    LayersSize: number;
    Images: { Id: string; Size: number; SharedSize: number }[];
  };
  expect(usage.LayersSize).toBe(
    bytesBelow(join(engine.own.dataRoot, "content/blobs")) +
      bytesBelow(join(engine.own.dataRoot, "snapshots")),
  );
  const unique = usage.Images.map(({ Size, SharedSize }) => Size - SharedSize);
  const shared = usage.Images.find((image) => image.Id === id)?.SharedSize ?? 0;
  // Two images, the one below the other: what they share is one and the same.
  expect(usage.Images.length).toBe(2);
  expect(unique.reduce((sum, size) => sum + size, shared)).toBe(usage.LayersSize);
  await engine.ok("rmi", engine.name("df"));
});

/** Bytes of files and links, each inode once, as `du --apparent-size` counts them; without the store's own notes. */
function bytesBelow(directory: string): number {
  const seen = new Set<number>();
  let bytes = 0;
  for (const { name, parentPath } of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const stats = lstatSync(join(parentPath, name), { throwIfNoEntry: false });
    if (!stats || stats.isDirectory() || seen.has(stats.ino) || name === "meta.json") continue;
    seen.add(stats.ino);
    bytes += stats.size;
  }
  return bytes;
}

test("commit, import and export keep what they are given", async () => {
  const id = await commit("busybox", "-a", "A. Uthor", "-m", "a word", "-c", "ENV X=1", "-c", 'CMD ["x"]');
  const [image] = JSON.parse(await engine.ok("inspect", id)) as {
    Author: string;
    Comment: string;
    Config: { Env: string[]; Cmd: string[]; Labels: Record<string, string> };
  }[];
  expect([image?.Author, image?.Comment, image?.Config.Cmd]).toEqual(["A. Uthor", "a word", ["x"]]);
  expect(image?.Config.Env).toContain("X=1");
  const container = await engine.ok("create", id);
  const file = join(engine.directory, "export.tar");
  await engine.ok("export", "-o", file, container);
  const imported = await engine.ok("import", "-m", "again", "-c", `LABEL ${label}`, file);
  expect(await engine.field(imported, "{{.Comment}}")).toBe("again");
  await engine.ok("rm", container);
  await engine.ok("rmi", id, imported);
});
