import { expect, test } from "bun:test";
import type { ComposeContext } from "../compose-context.ts";
import { watchReplica } from "./watch-replica.ts";

/** An engine that says these one after another, and the last for ever. */
function contextOf(states: readonly object[]): { context: ComposeContext; looks: () => number } {
  let looks = 0;
  const engine = {
    call: async () => ({ State: states[Math.min(looks++, states.length - 1)], RestartCount: 0 }),
    // It printed nothing.
    stream: async () => new Response(),
  };
  const context = { engine, signal: new AbortController().signal } as unknown as ComposeContext;
  return { context, looks: () => looks };
}

const web = { id: "1", name: "web-1" };

test("without a check what dies a moment after its start has not served", async () => {
  const { context } = contextOf([{ Status: "running" }, { Status: "exited", ExitCode: 3 }]);
  const outcome = watchReplica(context, web, 0);
  await expect(outcome).rejects.toThrow("container web-1 ended with exit code 3");
});

test("what is healthy serves at once", async () => {
  const { context, looks } = contextOf([
    { Status: "running", Health: { Status: "starting" } },
    { Status: "running", Health: { Status: "healthy" } },
    { Status: "exited", ExitCode: 3 },
  ]);
  await watchReplica(context, web, 0);
  expect(looks()).toBe(2);
});
