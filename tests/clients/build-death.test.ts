import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TestEngine } from "../setup/test-engine.ts";
import { until } from "../setup/until.ts";

let engine: TestEngine;
let context: string;
beforeAll(async () => {
  engine = await TestEngine.start();
  context = mkdtempSync(join(tmpdir(), "hull-death-"));
  writeFileSync(join(context, "file"), "content");
}, 60_000);
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  rmSync(context, { recursive: true, force: true });
}, 60_000);

const classic = { env: { DOCKER_BUILDKIT: "0" } };

function dockerfile(...lines: string[]): void {
  writeFileSync(join(context, "Dockerfile"), ["FROM busybox", ...lines].join("\n"));
}

test("after kill -9 in the middle of a step nothing of it is left, and what was done is cached", async () => {
  await engine.stop();
  await engine.start();
  const before = engine.footprint();
  dockerfile(
    "COPY file /file",
    "RUN echo first > /first",
    "RUN --mount=type=cache,target=/c echo begun; sleep 1000",
  );
  const building = engine.dockerWith(classic, "build", "-t", "dead", context);
  await until(
    "the step runs",
    () => engine.footprint().processes?.some((line) => line.includes("sleep")) ?? false,
  );
  await engine.kill();
  expect((await building).code).not.toBe(0);
  await engine.start();
  dockerfile("COPY file /file", "RUN echo first > /first");
  const { out } = await engine.dockerWith(classic, "build", "-t", "alive", context);
  expect(out.match(/Using cache/g)).toHaveLength(2);
  await engine.ok("rmi", "alive");
  const { cgroups, links, mounts, processes } = before;
  // What was built stays on the disk: that is the cache.
  const now = { ...engine.footprint(), cgroups, links, mounts, processes };
  await engine.assertNothingLeaked(
    Object.fromEntries(Object.entries(now).map(([kind, lines]) => [kind, lines ?? []])),
  );
}, 60_000);

test.each(["build.run", "snapshot.commit", "image.record"])(
  "killed at %s, the next engine builds it",
  async (place) => {
    dockerfile(`RUN echo ${place} > /file`);
    await engine.stop();
    await engine.start({ env: { HULL_FAIL: `${place}=1*exit` } });
    expect((await engine.dockerWith(classic, "build", "-t", "again", context)).code).not.toBe(0);
    await engine.kill();
    await engine.start();
    const { code, out, err } = await engine.dockerWith(classic, "build", "-t", "again", context);
    expect(`${code} ${out}${err}`).toContain("Successfully tagged again:latest");
    expect(await engine.ok("run", "--rm", "again", "cat", "/file")).toBe(place);
  },
  60_000,
);
