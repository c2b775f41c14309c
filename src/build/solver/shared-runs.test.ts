import { expect, test } from "bun:test";
import type { StepScope } from "./op.ts";
import { SharedRuns } from "./shared-runs.ts";

function listener(): { scope: StepScope; abort: AbortController; heard: string[] } {
  const abort = new AbortController();
  const heard: string[] = [];
  const onOutput = (_: 1 | 2, bytes: Uint8Array) => void heard.push(Buffer.from(bytes).toString());
  return { scope: { signal: abort.signal, onOutput, onProgress: () => {} }, abort, heard };
}

const untilAborted = ({ signal }: StepScope) =>
  new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(new Error("stopped"))));

test("all listeners leaving in the same moment end the work", async () => {
  const runs = new SharedRuns<string>();
  const [one, two] = [listener(), listener()];
  let stopped = false;
  const work = (scope: StepScope) =>
    untilAborted(scope).catch((error) => {
      stopped = true;
      throw error;
    });
  const all = Promise.allSettled([runs.join("k", one.scope, work), runs.join("k", two.scope, work)]);
  one.abort.abort();
  two.abort.abort();
  expect((await all).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(stopped).toBe(true);
  expect(runs.has("k")).toBe(false);
});

test("work that fails because its own build left is done again by the one that stayed", async () => {
  const runs = new SharedRuns<string>();
  const [leaving, staying] = [listener(), listener()];
  const failing = Promise.withResolvers<string>();
  const first = runs.join("k", leaving.scope, () => failing.promise);
  const second = runs.join("k", staying.scope, async () => "done by the other");
  leaving.abort.abort();
  await expect(first).rejects.toThrow("cancelled");
  failing.reject(new Error("the client's agent is gone"));
  expect(await second).toBe("done by the other");
});

test("work that fails by itself fails for all", async () => {
  const runs = new SharedRuns<string>();
  const [one, two] = [listener(), listener()];
  const work = () => Promise.reject(new Error("exit code: 1"));
  const results = await Promise.allSettled([
    runs.join("k", one.scope, work),
    runs.join("k", two.scope, work),
  ]);
  expect(results.map((result) => result.status === "rejected" && result.reason.message)).toEqual([
    "exit code: 1",
    "exit code: 1",
  ]);
});

test("who joins late hears what was said before", async () => {
  const runs = new SharedRuns<string>();
  const [one, two] = [listener(), listener()];
  const go = Promise.withResolvers<void>();
  const first = runs.join("k", one.scope, async (scope) => {
    scope.onOutput(1, Buffer.from("before"));
    await go.promise;
    scope.onOutput(1, Buffer.from("after"));
    return "x";
  });
  const second = runs.join("k", two.scope, async () => "never");
  go.resolve();
  expect([await first, await second]).toEqual(["x", "x"]);
  expect(two.heard).toEqual(["before", "after"]);
});
