import { describe, expect, test } from "bun:test";
import { containerOf, projectOf } from "../../../../tests/fakes/compose-situation.ts";
import { conflict, isKind, messageOf } from "../../../errors/engine-error.ts";
import type { Step } from "../plan/step.ts";
import { runPlan } from "./run-plan.ts";

const container = containerOf(projectOf({ web: {} }), "web");
const work = { kind: "stop", container } as const;
const step = (id: string, ...needs: string[]): Step => ({ id, needs, work });
const waiting = (id: string, ...needs: string[]): Step => ({
  id,
  needs,
  work: { kind: "wait", dependent: undefined, service: "web", condition: "service_healthy", required: true },
});
const never = new AbortController().signal;
const free = { signal: never, parallel: Number.POSITIVE_INFINITY };

describe("a plan", () => {
  test("runs each step after those it needs, whatever their order in the list", async () => {
    const done: string[] = [];
    const steps = [step("c", "a", "b"), step("a"), step("b", "a")];
    await runPlan(steps, async ({ id }) => void done.push(id), free);
    expect(done).toEqual(["a", "b", "c"]);
  });

  test("does side by side what does not depend, as many as it may", async () => {
    let now = 0;
    let most = 0;
    const steps = ["a", "b", "c", "d"].map((id) => step(id));
    const perform = async () => {
      most = Math.max(most, ++now);
      await Bun.sleep(1);
      now--;
    };
    await runPlan(steps, perform, free);
    expect(most).toBe(4);
    most = 0;
    await runPlan(steps, perform, { ...free, parallel: 2 });
    expect(most).toBe(2);
  });

  test("begins nothing after a failure, ends what runs, and says what failed first", async () => {
    const done: string[] = [];
    const failed = Promise.withResolvers<void>();
    const steps = [step("bad"), step("slow"), step("after", "slow"), step("next", "bad")];
    const run = runPlan(
      steps,
      async ({ id }) => {
        if (id === "bad") {
          failed.resolve();
          throw new Error("no");
        }
        await failed.promise;
        await Bun.sleep(1);
        done.push(id);
      },
      free,
    );
    await expect(run).rejects.toThrow("no");
    expect(done).toEqual(["slow"]);
  });

  test("a failure ends waiting; that is not the failure that is told", async () => {
    const perform = async ({ id }: Step, halted: AbortSignal) => {
      if (id === "bad") throw new Error("no");
      await new Promise((_, reject) => halted.addEventListener("abort", () => reject(halted.reason)));
    };
    await expect(runPlan([waiting("wait"), step("bad")], perform, free)).rejects.toThrow("no");
  });

  test("what could not be undone either does not hide why", async () => {
    const perform = async () => {
      await using undo = new AsyncDisposableStack();
      undo.defer(() => Promise.reject(new Error("nor back")));
      throw conflict("no");
    };
    const failure: unknown = await runPlan([step("bad")], perform, free).catch((error) => error);
    expect(isKind(failure, "conflict") && messageOf(failure)).toBe("no");
  });

  test("waiting takes no turn from those who work", async () => {
    const healthy = Promise.withResolvers<void>();
    const perform = async ({ id }: Step) => {
      if (id === "wait") await healthy.promise;
      else healthy.resolve();
    };
    await runPlan([waiting("wait"), step("work")], perform, { ...free, parallel: 1 });
  });

  test("an interruption begins nothing new and is told", async () => {
    const interrupt = new AbortController();
    const done: string[] = [];
    const run = runPlan(
      [step("first"), step("second", "first")],
      async ({ id }) => {
        interrupt.abort();
        await Bun.sleep(1);
        done.push(id);
      },
      { ...free, signal: interrupt.signal },
    );
    await expect(run).rejects.toThrow("canceled");
    expect(done).toEqual(["first"]);
  });

  test("steps that need each other are a mistake of the planner", async () => {
    const run = runPlan([step("a", "b"), step("b", "a")], async () => {}, free);
    await expect(run).rejects.toThrow("steps need each other: a -> b -> a");
  });
});
