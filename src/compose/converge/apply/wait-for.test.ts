import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { containerOf, projectOf } from "../../../../tests/fakes/compose-situation.ts";
import { FakeEngine } from "../../../../tests/fakes/fake-engine.ts";
import { parseEngineAddress } from "../../../client/engine-address.ts";
import { EngineClient } from "../../../client/engine-client.ts";
import type { TaskEvent } from "../../task.ts";
import type { WaitCondition } from "../plan/step.ts";
import { ContainerWatch } from "./container-watch.ts";
import { waitFor } from "./wait-for.ts";

const container = containerOf(projectOf({ db: {} }), "db");
const states = {
  starting: { Status: "running", Health: { Status: "starting" } },
  healthy: { Status: "running", Health: { Status: "healthy" } },
  unhealthy: { Status: "running", Health: { Status: "unhealthy" } },
  failed: { Status: "exited", ExitCode: 1 },
};

/** Waits for one container whose state changes when the engine has told an event. */
async function waited(
  first: keyof typeof states,
  then: keyof typeof states,
  wish: { condition?: WaitCondition; required?: boolean; dependent?: string | undefined } = {},
) {
  const directory = mkdtempSync(join(tmpdir(), "hull-wait-"));
  using fake = new FakeEngine(join(directory, "engine.sock"));
  const told: TaskEvent[] = [];
  const warnings: string[] = [];
  let state: keyof typeof states = first;
  let tell: (() => void) | undefined;
  fake.answer = (path) => {
    if (path === "/events") {
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          const event = { Type: "container", Action: "health_status", Actor: { ID: container.id } };
          tell = () => controller.enqueue(Buffer.from(`${JSON.stringify(event)}\n`));
          controller.enqueue(Buffer.from("\n"));
        },
      });
      return new Response(body);
    }
    const answer = Response.json({ Id: container.id, Name: `/${container.name}`, State: states[state] });
    if (state !== then) {
      state = then;
      queueMicrotask(() => tell?.());
    }
    return answer;
  };
  const engine = new EngineClient(parseEngineAddress(fake.host));
  using watch = new ContainerWatch(engine, "shop");
  const report = (event: TaskEvent) => void told.push(event);
  const warn = (sentence: string) => void warnings.push(sentence);
  const { condition = "service_healthy", required = true, dependent = "web" } = wish;
  const wait = { kind: "wait", dependent, service: "db", condition, required } as const;
  try {
    await waitFor({ engine, report, warn }, watch, [container], wait, new AbortController().signal);
    return { told: told.map(({ text }) => text), warnings, error: undefined };
  } catch (error) {
    return { told: told.map(({ text }) => text), warnings, error: String((error as Error).message) };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

describe("waiting for a service", () => {
  test("ends when an event says to look, and it is healthy", async () => {
    expect(await waited("starting", "healthy")).toEqual({
      told: ["Waiting", "Healthy"],
      warnings: [],
      error: undefined,
    });
  });

  test("fails in Docker's words", async () => {
    expect(await waited("starting", "unhealthy")).toEqual({
      told: ["Waiting", "Error"],
      warnings: [],
      error: "dependency failed to start: container shop-db-1 is unhealthy",
    });
    const condition = "service_completed_successfully";
    const error = `service "db" didn't complete successfully: exit 1`;
    expect(await waited("healthy", "failed", { condition })).toEqual({
      told: ["Waiting", error],
      warnings: [],
      error,
    });
  });

  test("of an optional dependency warns and goes on", async () => {
    const result = await waited("starting", "unhealthy", { required: false });
    expect(result.error).toBeUndefined();
    expect(result.told).toEqual(["Waiting", 'Skipped: optional dependency "db" failed to start']);
    expect(result.warnings).toEqual([
      'optional dependency "db" failed to start: container shop-db-1 is unhealthy',
    ]);
  });
});
