import { expect, test } from "bun:test";
import { Limiter } from "../../lib/limiter.ts";
import { openRecords } from "../../records/sqlite-records.ts";
import type { TreeStore } from "../trees/tree-store.ts";
import type { Op, OpInput, StepScope } from "./op.ts";
import { ResultCache, type StepResult } from "./result-cache.ts";
import { SharedRuns } from "./shared-runs.ts";
import { Solve } from "./solve.ts";
import type { SolverParts } from "./solve-options.ts";
import type { Tree } from "./tree.ts";

class World {
  readonly snapshots = new Set<string>();
  readonly ran: string[] = [];
  readonly table = openRecords(":memory:").buildCache;
  clock = 0;
  readonly cache = new ResultCache(
    this.table,
    {
      has: async (tree: Tree) => tree.kind !== "snapshot" || this.snapshots.has(tree.name),
    } as TreeStore,
    () => ++this.clock * 1000,
  );
  readonly parts: SolverParts = {
    cache: this.cache,
    runs: new SharedRuns<StepResult>(),
    limiter: new Limiter(() => 8),
  };

  op(
    title: string,
    inputs: readonly (Op | OpInput)[],
    more: Partial<Op> & { work?: (scope: StepScope) => Promise<void> } = {},
  ): Op {
    const { work, ...rest } = more;
    return {
      title,
      inputs: inputs.map((input) => ("op" in input ? input : { op: input, role: "parent" })),
      facts: async () => ({ command: title }),
      run: async (_, scope) => {
        this.ran.push(title);
        await work?.(scope);
        const name = `${title}-${this.ran.length}`;
        this.snapshots.add(name);
        return { kind: "snapshot", name };
      },
      ...rest,
    };
  }

  build(options: { signal?: AbortSignal; explain?: boolean; places?: (op: Op) => string } = {}) {
    const events: string[] = [];
    const holds = this.cache.holds();
    const solve = new Solve(this.parts, {
      signal: options.signal ?? new AbortController().signal,
      holds,
      sources: [],
      explain: options.explain ?? false,
      placeOf: options.places ?? ((op) => op.title),
      typeOf: () => "regular",
      observer: {
        started: (op) => events.push(`started ${op.title}`),
        cached: (op) => events.push(`cached ${op.title}`),
        done: (op, _, reason) => events.push(`done ${op.title}${reason ? `: ${reason}` : ""}`),
        failed: (op) => events.push(`failed ${op.title}`),
        scopeOf: (op, signal) => ({
          signal,
          onOutput: (_, bytes) => events.push(`${op.title} says ${Buffer.from(bytes)}`),
          onProgress: () => {},
        }),
      },
    });
    return { solve, events, holds };
  }

  async run(op: Op, options: Parameters<World["build"]>[0] = {}): Promise<string[]> {
    const { solve, events, holds } = this.build(options);
    await solve.result(op);
    await solve.settled();
    holds[Symbol.dispose]();
    return events;
  }
}

const files = (op: Op, digest: string, role = "context"): OpInput => ({
  op,
  role,
  content: async () => ({ digest, entries: [["a.txt", digest]] }),
});

test("a chain runs from its root up, and is cached as a whole the next time", async () => {
  const world = new World();
  const chain = () => world.op("c", [world.op("b", [world.op("a", [])])]);
  expect(await world.run(chain())).toEqual([
    "started a",
    "done a",
    "started b",
    "done b",
    "started c",
    "done c",
  ]);
  expect(await world.run(chain())).toEqual(["cached a", "cached b", "cached c"]);
  expect(world.ran).toEqual(["a", "b", "c"]);
});

test("a changed fact makes its step and those after it new, and no other", async () => {
  const world = new World();
  await world.run(world.op("c", [world.op("b", [world.op("a", [])])]));
  const changed = world.op("b", [world.op("a", [])], { facts: async () => ({ command: "b2" }) });
  const events = await world.run(world.op("c", [changed]), { explain: true });
  expect(events).toEqual([
    "cached a",
    "started b",
    'done b: command changed from "b" to "b2"',
    "started c",
    "done c: parent changed",
  ]);
});

test("of an input with a digest only the digest counts", async () => {
  const world = new World();
  const copy = (version: string, digest: string) =>
    world.op("copy", [world.op("base", []), files(world.op(`source ${version}`, []), digest)]);
  await world.run(copy("1", "same"));
  expect(await world.run(copy("2", "same"))).toContain("cached copy");
  expect(await world.run(copy("3", "other"), { explain: true })).toContain(
    'done copy: context: "a.txt" changed',
  );
});

test("with a definition known from before, an input that only counts by content is not made again", async () => {
  const world = new World();
  const build = () => world.op("copy", [world.op("base", []), files(world.op("stage", []), "same")]);
  await world.run(build());
  const stage = world.table.list().find(({ description }) => description === "stage");
  world.table.remove(stage?.id ?? "");
  expect(await world.run(build())).toEqual(["cached base", "cached stage", "cached copy"]);
  expect(world.ran.filter((title) => title === "stage")).toHaveLength(1);
});

test("what has an identity runs in every build, and counts by it alone", async () => {
  const world = new World();
  const build = (digest: string) => {
    const context = world.op("context", [], {
      identity: async () => ({ digest, entries: [["x", digest]] }),
    });
    return world.op("run", [context]);
  };
  await world.run(build("1"));
  expect(await world.run(build("1"))).toContain("cached run");
  expect(await world.run(build("2"))).toContain("done run");
  expect(world.ran.filter((title) => title === "context")).toHaveLength(3);
});

test("a fresh step runs again, and so does what stands on it", async () => {
  const world = new World();
  const build = (fresh: boolean) => world.op("b", [world.op("a", [], { fresh })]);
  await world.run(build(false));
  await world.run(build(true));
  expect(world.ran).toEqual(["a", "b", "a", "b"]);
  expect(await world.run(build(false))).toEqual(["cached a", "cached b"]);
});

test("a result whose files are gone is made again", async () => {
  const world = new World();
  await world.run(world.op("a", []));
  world.snapshots.clear();
  await world.run(world.op("a", []));
  expect(world.ran).toEqual(["a", "a"]);
});

test("independent inputs run side by side", async () => {
  const world = new World();
  const both = Promise.withResolvers<void>();
  let running = 0;
  const work = async () => {
    if (++running === 2) both.resolve();
    await both.promise;
  };
  const top = world.op("top", [
    { op: world.op("left", [], { work }), role: "left" },
    { op: world.op("right", [], { work }), role: "right" },
  ]);
  await world.run(top);
  expect(world.ran).toContain("top");
});

test("two builds at once run an equal step once, and both hear what it says", async () => {
  const world = new World();
  const go = Promise.withResolvers<void>();
  const began = Promise.withResolvers<void>();
  const step = () =>
    world.op("slow", [], {
      work: async (scope) => {
        scope.onOutput(1, Buffer.from("early"));
        began.resolve();
        await go.promise;
        scope.onOutput(1, Buffer.from("late"));
      },
    });
  const first = world.run(step());
  await began.promise;
  const second = world.run(step());
  await Bun.sleep(0);
  go.resolve();
  expect(await first).toEqual(["started slow", "slow says early", "slow says late", "done slow"]);
  expect(await second).toEqual(["slow says early", "slow says late", "done slow"]);
  expect(world.ran).toEqual(["slow"]);
});

test("a build that leaves does not end a step another one waits for", async () => {
  const world = new World();
  const go = Promise.withResolvers<void>();
  const began = Promise.withResolvers<void>();
  const step = () =>
    world.op("slow", [], {
      work: async (scope) => {
        began.resolve();
        const stopped = Promise.withResolvers<never>();
        scope.signal.addEventListener("abort", () => stopped.reject(new Error("stopped")));
        await Promise.race([go.promise, stopped.promise]);
      },
    });
  const leaving = new AbortController();
  const first = world.run(step(), { signal: leaving.signal });
  await began.promise;
  const second = world.run(step());
  await Bun.sleep(0);
  leaving.abort();
  expect(first).rejects.toThrow("cancelled");
  await Bun.sleep(0);
  go.resolve();
  expect(await second).toContain("done slow");
  expect(world.ran).toEqual(["slow"]);
});

test("when the last one leaves, the step is stopped, and what is done stays", async () => {
  const world = new World();
  const began = Promise.withResolvers<void>();
  let stopped = false;
  const work = async (scope: StepScope) => {
    began.resolve();
    await new Promise<void>((_, reject) =>
      scope.signal.addEventListener("abort", () => {
        stopped = true;
        reject(new Error("stopped"));
      }),
    );
  };
  const leaving = new AbortController();
  const { solve, events } = world.build({ signal: leaving.signal });
  const result = solve.result(world.op("slow", [world.op("quick", [])], { work }));
  await began.promise;
  leaving.abort();
  await expect(result).rejects.toThrow("stopped");
  await solve.settled();
  expect(stopped).toBe(true);
  expect(events).toEqual(["started quick", "done quick", "started slow", "failed slow"]);
  expect(await world.run(world.op("quick", []))).toEqual(["cached quick"]);
});

test("a failed step is not remembered", async () => {
  const world = new World();
  const failing = world.op("a", [], { work: () => Promise.reject(new Error("exit code: 1")) });
  await expect(world.run(failing)).rejects.toThrow("exit code: 1");
  expect(await world.run(world.op("a", []))).toContain("done a");
});
