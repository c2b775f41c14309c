import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CachePolicy } from "../../src/build/solver/build-cache.ts";
import { BuildLab } from "./build-fixture.ts";

let lab: BuildLab;
let files: string;
beforeAll(async () => {
  lab = await BuildLab.open();
  files = mkdtempSync(join(tmpdir(), "hull-context-"));
});
afterAll(async () => {
  await lab[Symbol.asyncDispose]();
  rmSync(files, { recursive: true, force: true });
});

const write = (name: string, text: string) => writeFileSync(join(files, name), text);
const steps = (ends: readonly string[]) => ends.filter((line) => /\] (?:RUN|COPY)/.test(line));
const everything: CachePolicy = {
  all: true,
  filters: new Map(),
  reservedSpace: 0,
  maxUsedSpace: 0,
  minFreeSpace: 0,
};

/** The course's files, with busybox for Python and a slow copy for pip. */
const before = `
FROM busybox
COPY . /app
RUN sleep 0.5; cp /app/requirements.txt /installed
WORKDIR /app
CMD [python3, -m, http.server]
`;
const after = `
FROM busybox
WORKDIR /app
COPY requirements.txt .
RUN cp requirements.txt /installed
COPY . .
CMD ["python3", "-m", "http.server"]
`;

test("the course's file: after a change of the sources only the last COPY runs", async () => {
  write("requirements.txt", "flask\n");
  write("app.py", "print(1)\n");
  await lab.build(after, { files });
  write("app.py", "print(2)\n");
  const built = await lab.build(after, { files, explain: true });
  expect(steps(built.ends)).toEqual([
    "cached [3/5] COPY requirements.txt .",
    "cached [4/5] RUN cp requirements.txt /installed",
    expect.stringMatching(/^done \[5\/5\] COPY \. \.: .*app\.py" changed$/),
  ]);
  expect(await lab.look(built, (root) => readFileSync(join(root, "app/app.py"), "utf8"))).toBe("print(2)\n");
});

test("the course's file as it was at first runs all again for the same change", async () => {
  write("app.py", "print(3)\n");
  await lab.build(before, { files });
  write("app.py", "print(4)\n");
  const built = await lab.build(before, { files });
  expect(steps(built.ends).every((line) => line.startsWith("done"))).toBe(true);
  expect(
    built.events.some((event) => event.type === "warning" && event.warning.rule.startsWith("JSON")),
  ).toBe(true);
});

test("files count by what is in them, not by their times", async () => {
  write("app.py", "print(5)\n");
  await lab.build(after, { files });
  utimesSync(join(files, "app.py"), 1, 1);
  const built = await lab.build(after, { files });
  expect(steps(built.ends).every((line) => line.startsWith("cached"))).toBe(true);
});

test("a build of which nothing changed gives the same image", async () => {
  const first = await lab.build(after, { files });
  const second = await lab.build(after, { files });
  expect(second.image.id).toBe(first.image.id);
});

test("explanations name what differs first: an argument, a command, a parent", async () => {
  const text = (last: string) => `FROM busybox\nARG WHO\nRUN echo "$WHO" > /who\nRUN echo ${last} > /last`;
  const args = (who: string) => ({ explain: true, buildArgs: new Map([["WHO", who]]) });
  const one = await lab.build(text("a"), args("ann"));
  expect(steps(one.ends)[0]).toContain("it was never built before");
  const two = await lab.build(text("a"), args("bob"));
  expect(steps(two.ends)).toEqual([
    'done [2/3] RUN echo "$WHO" > /who: variable WHO changed from "ann" to "bob"',
    "done [3/3] RUN echo a > /last: parent changed",
  ]);
  const three = await lab.build(text("b"), args("bob"));
  expect(steps(three.ends)[1]).toContain(
    'command changed from "/bin/sh -c echo a > /last" to "/bin/sh -c echo b > /last"',
  );
});

test("a stage whose files are only copied needs not be there for what was made from it", async () => {
  const text = "FROM busybox AS made\nRUN echo kept > /file\nFROM scratch\nCOPY --from=made /file /file";
  const one = await lab.build(text);
  const two = await lab.build(text);
  expect(steps(two.ends)).toEqual([
    "cached [made 2/2] RUN echo kept > /file",
    "cached [stage-1 2/2] COPY --from=made /file /file",
  ]);
  expect(two.image.id).toBe(one.image.id);
});

test("pruning takes what nobody uses, children before parents; images stay whole", async () => {
  const built = await lab.build("FROM busybox\nRUN echo 1 > /a\nRUN echo 2 > /b");
  const usage = await lab.builder.usage();
  const made = usage.find(({ description }) => description.endsWith("RUN echo 2 > /b"));
  expect(made).toMatchObject({ type: "regular", inUse: false, shared: true, usageCount: 1 });
  const kept = await lab.builder.prune({ ...everything, filters: new Map([["type", ["exec.cachemount"]]]) });
  expect(kept.deleted).toEqual([]);
  await lab.builder.prune(everything);
  expect(await lab.builder.usage()).toEqual([]);
  expect(await lab.look(built, (root) => readdirSync(root))).toContain("b");
  const again = await lab.build("FROM busybox\nRUN echo 1 > /a\nRUN echo 2 > /b");
  expect(steps(again.ends).every((line) => line.startsWith("done"))).toBe(true);
});

test("what no image has is freed by pruning", async () => {
  const text =
    "FROM busybox AS big\nRUN head -c 3000000 /dev/zero > /zeros\nFROM busybox\nCOPY --from=big /etc/passwd /p";
  await lab.build(text);
  const usage = await lab.builder.usage();
  expect(usage.find(({ description }) => description.includes("/zeros"))).toMatchObject({
    shared: false,
    size: 3_000_000,
  });
  const { reclaimed } = await lab.builder.prune({
    ...everything,
    filters: new Map([["description", ["~zeros"]]]),
  });
  expect(reclaimed).toBe(3_000_000);
  const listed = await lab.context.snapshots.list();
  expect(
    (await Promise.all(listed.map(({ name }) => lab.context.snapshots.usage(name)))).every(
      ({ bytes }) => bytes !== 3_000_000,
    ),
  ).toBe(true);
});

test("images can be removed, and the cache goes on", async () => {
  const built = await lab.build("FROM busybox\nRUN echo image > /image");
  await lab.context.images.remove(built.image.id, { force: true, prune: true, usedBy: () => [] });
  const again = await lab.build("FROM busybox\nRUN echo image > /image");
  expect(steps(again.ends)).toEqual(["cached [2/2] RUN echo image > /image"]);
  expect(again.image.id).toBe(built.image.id);
});

test("after a restart the cache is there; what a crash left is not, nor records of lost files", async () => {
  await lab.build("FROM busybox\nRUN echo stays > /stays\nRUN echo lost > /lost");
  const { buildCache } = lab.context.records;
  const lost = buildCache.list().find(({ description }) => description.endsWith("/lost"));
  await using other = await lab.reopened();
  // As after a loss of power: the snapshot did not make it to the disk.
  for (const name of await namesOf(other, lost?.snapshot ?? "")) await other.context.snapshots.remove(name);
  await other.context.images.collectGarbage();
  await other.builder.repair();
  expect(other.context.records.buildCache.get(lost?.id ?? "")).toBeUndefined();
  const again = await other.build("FROM busybox\nRUN echo stays > /stays\nRUN echo lost > /lost");
  expect(steps(again.ends)).toEqual([
    "cached [2/3] RUN echo stays > /stays",
    "done [3/3] RUN echo lost > /lost",
  ]);
});

/** All names that lead to the files of one. */
async function namesOf(one: BuildLab, name: string): Promise<string[]> {
  const info = await one.context.snapshots.stat(name);
  return info ? [info.name, ...(info.others ?? [])] : [];
}
