import { describe, expect, test } from "bun:test";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CacheLocation } from "../../src/build/build-request.ts";
import { writeContext } from "../setup/build-files.ts";
import { type BuildMachine, makeBuildMachine, makeDirectory } from "../setup/build-machine.ts";
import { ServedRegistry } from "../setup/served-registry.ts";

const dockerfile = `FROM scratch AS tools
COPY tool /tool
COPY other /other
FROM scratch
COPY a /a
WORKDIR /a.d
WORKDIR /a.d
COPY --from=tools /tool /tool
COPY b /b
`;
const content = { a: "first", b: "second", tool: "a tool", other: "unused" };

const context = (machine: BuildMachine) =>
  writeContext(join(makeDirectory(machine, "contexts"), crypto.randomUUID()), content);

function ran(steps: readonly string[]): string[] {
  return steps.filter((step) => /COPY|WORKDIR/.test(step) && !step.endsWith(": cached"));
}

async function moved(
  to: (machine: BuildMachine) => CacheLocation,
  from: (machine: BuildMachine, to: CacheLocation) => CacheLocation,
) {
  const one = await makeBuildMachine();
  const two = await makeBuildMachine();
  const location = to(one);
  const first = await one.build(dockerfile, context(one), { cacheTo: [location], tags: ["app"] });
  const second = await two.build(dockerfile, context(two), {
    cacheFrom: [from(two, location)],
    tags: ["app"],
  });
  return { one, two, first, second };
}

describe("a build cache", () => {
  test.each(["min", "max"] as const)(
    "of mode %s goes to another machine as a directory, and steps hit there",
    async (mode) => {
      const { one, two, second } = await moved(
        (machine) => ({ kind: "local", path: makeDirectory(machine, "cache"), mode }),
        (machine, location) => {
          const path = join(machine.directory, "cache");
          if (location.kind === "local") cpSync(location.path, path, { recursive: true });
          return { kind: "local", path, mode };
        },
      );
      await using _ = one;
      await using __ = two;
      const tools = ["[tools 2/3] COPY tool /tool", "[tools 3/3] COPY other /other"].map(
        (step) => `${step}: done`,
      );
      expect(ran(second.steps).sort()).toEqual(mode === "max" ? [] : tools);
      const [ours, theirs] = [await one.images.find("app"), await two.images.find("app")];
      expect(theirs.config.rootfs).toEqual(ours.config.rootfs);
      // A step that was not needed is fetched when it is.
      const changed = context(two);
      writeFileSync(join(changed, "b"), "another");
      const cacheFrom: CacheLocation[] = [{ kind: "local", path: join(two.directory, "cache"), mode }];
      const { steps } = await two.build(dockerfile, changed, { cacheFrom });
      expect(ran(steps)).toEqual(["[stage-1 6/6] COPY b /b: done"]);
    },
  );

  test("goes through a registry, alone and inside of an image", async () => {
    const storage = mkdtempSync(join(tmpdir(), "hull-build-registry-"));
    await using _storage = { [Symbol.asyncDispose]: async () => rmSync(storage, { recursive: true }) };
    await using registry = await ServedRegistry.start(["--root", storage]);
    const reference = `${registry.address}/team/app:cache`;
    const { one, two, second } = await moved(
      () => ({ kind: "registry", reference, mode: "max" }),
      () => ({ kind: "registry", reference, mode: "max" }),
    );
    await using _ = one;
    await using __ = two;
    expect(ran(second.steps)).toEqual([]);
    const tag = `${registry.address}/team/app:inline`;
    await using three = await makeBuildMachine();
    await using four = await makeBuildMachine();
    await three.build(dockerfile, context(three), {
      cacheTo: [{ kind: "inline" }],
      outputs: [{ kind: "image", push: true }],
      tags: [tag],
    });
    const inline = await four.build(dockerfile, context(four), {
      cacheFrom: [{ kind: "registry", reference: tag, mode: "min" }],
      tags: ["app"],
    });
    expect(ran(inline.steps).filter((step) => !step.startsWith("[tools"))).toEqual([]);
    expect((await four.images.find("app")).config.rootfs).toEqual(
      (await three.images.find(tag)).config.rootfs,
    );
  });

  test("that is not there, or is damaged, is said and left out", async () => {
    await using machine = await makeBuildMachine();
    const path = makeDirectory(machine, "nothing");
    const from: CacheLocation = { kind: "local", path, mode: "min" };
    const { said, steps } = await machine.build(dockerfile, context(machine), { cacheFrom: [from] });
    expect(said).toContain("cannot import the local cache: ");
    expect(ran(steps).length).toBeGreaterThan(0);
    const cache = makeDirectory(machine, "cache");
    await machine.build(dockerfile, context(machine), {
      cacheTo: [{ kind: "local", path: cache, mode: "max" }],
    });
    for (const name of await readdir(join(cache, "blobs/sha256")))
      writeFileSync(join(cache, "blobs/sha256", name), "{}");
    await using other = await makeBuildMachine();
    const damaged = await other.build(dockerfile, context(other), { cacheFrom: [{ ...from, path: cache }] });
    expect(damaged.said).toContain("cannot import the local cache: ");
    rmSync(cache, { recursive: true });
  });
});
