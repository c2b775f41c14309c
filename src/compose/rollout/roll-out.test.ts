import { expect, test } from "bun:test";
import { projectOf } from "../../../tests/fakes/container-wish.ts";
import type { ComposeContext } from "../compose-context.ts";
import type { UpdateConfig } from "../model/deploy.ts";
import type { Service } from "../model/service.ts";
import type { ObservedContainer } from "../observe/observed.ts";
import { rollOut } from "./roll-out.ts";

const container = (id: string, number: number): ObservedContainer => ({
  id,
  name: id,
  service: "web",
  number,
  oneOff: false,
  configHash: "hash",
  image: "image",
  replaces: undefined,
  state: "running",
  summary: {},
});

interface Setting {
  readonly update: UpdateConfig;
  readonly rollback?: UpdateConfig;
  readonly replicas?: number;
  /** Numbers whose successors become unhealthy. */
  readonly sick?: readonly number[];
  /** Numbers whose successors cannot start beside the old ones. */
  readonly inTheWay?: readonly number[];
  readonly signal?: AbortSignal;
}

/** What is done, in order: `start b1`, `stop a1`, … The old are a1 …, the new b1 …. */
async function rolled({ update, rollback, replicas = 2, sick = [], inTheWay = [], signal }: Setting) {
  const log: string[] = [];
  const warnings: string[] = [];
  const stopped = new Set<number>();
  const engine = {
    call: async (_: string, { params }: { params: { id: string } }) => {
      const isSick = params.id.startsWith("b") && sick.includes(Number(params.id.slice(1)));
      log.push(`look ${params.id}`);
      const Health = isSick
        ? { Status: "unhealthy", Log: [{ Output: "no answer\n" }] }
        : { Status: "healthy" };
      return { State: { Status: "running", Health }, RestartCount: 0 };
    },
  };
  const context = {
    engine,
    report: () => {},
    warn: (text: string) => warnings.push(text),
    signal: signal ?? new AbortController().signal,
  } as unknown as ComposeContext;
  const deploy = { update_config: update, ...(rollback && { rollback_config: rollback }) };
  const service: Service = { name: "web", stop_grace_period: 3e9, deploy };
  const wish = {
    project: projectOf(),
    service,
    replaced: Array.from({ length: replicas }, (_, index) => container(`a${index + 1}`, index + 1)),
    timeout: undefined,
    recreate: async (old: ObservedContainer) => {
      const { number } = old;
      log.push(`make b${number}`);
      return {
        container: container(`b${number}`, number),
        start: async () => {
          if (inTheWay.includes(number) && !stopped.has(number)) throw new Error("port is already allocated");
          log.push(`start b${number}`);
        },
        stopOld: async (drain: number) => {
          stopped.add(number);
          log.push(`stop a${number} within ${drain}`);
        },
        startOld: async () => {
          log.push(`start a${number}`);
        },
        finish: async () => {
          log.push(`remove a${number}`);
        },
        undo: async () => {
          log.push(`remove b${number}`);
        },
      };
    },
  };
  const outcome = await rollOut(context, wish).then(
    (all) => all.map(({ id, name }) => `${id} as ${name}`).join(", "),
    (error: Error) => error.message,
  );
  return { log, outcome, warnings };
}

test("start-first: the new one serves before the old one goes", async () => {
  const { log, outcome } = await rolled({ update: { order: "start-first" } });
  expect(log).toEqual([
    ...["make b1", "start b1", "look b1", "stop a1 within 3", "remove a1"],
    ...["make b2", "start b2", "look b2", "stop a2 within 3", "remove a2"],
  ]);
  expect(outcome).toBe("b1 as a1, b2 as a2");
});

test("stop-first is the default, and parallelism 0 is all at once", async () => {
  const { log } = await rolled({ update: { parallelism: 0 } });
  expect(log.slice(0, 2)).toEqual(["make b1", "make b2"]);
  expect(log.indexOf("stop a1 within 3")).toBeLessThan(log.indexOf("start b1"));
  expect(log.filter((line) => line.startsWith("remove"))).toEqual(["remove a1", "remove a2"]);
});

test("pause: what failed goes back, what is new stays, the rest is not touched", async () => {
  const { log, outcome } = await rolled({ update: { order: "start-first" }, replicas: 3, sick: [2] });
  expect(log.filter((line) => !line.startsWith("look"))).toEqual([
    ...["make b1", "start b1", "stop a1 within 3", "remove a1"],
    ...["make b2", "start b2", "remove b2"],
  ]);
  expect(outcome).toBe(
    "update of service web paused after 1 of 3 replicas: container a2 is unhealthy: no answer",
  );
});

test("rollback: all go back to the containers of before, which were kept", async () => {
  const { log, outcome } = await rolled({
    update: { order: "start-first", failure_action: "rollback" },
    rollback: { order: "start-first" },
    sick: [2],
  });
  expect(log.filter((line) => !line.startsWith("look"))).toEqual([
    ...["make b1", "start b1", "stop a1 within 3", "make b2", "start b2", "remove b2"],
    ...["start a1", "remove b1"],
  ]);
  expect(outcome).toContain("rolled back: container a2 is unhealthy");
});

test("stop-first that fails starts the old one again", async () => {
  const { log } = await rolled({ update: { failure_action: "rollback" }, replicas: 1, sick: [1] });
  expect(log.filter((line) => !line.startsWith("look"))).toEqual([
    ...["make b1", "stop a1 within 3", "start b1", "remove b1", "start a1"],
  ]);
});

test("continue, and failures below the ratio, go on and are told", async () => {
  for (const update of [{ failure_action: "continue" }, { max_failure_ratio: 0.5 }]) {
    const { outcome, warnings } = await rolled({ update, sick: [1] });
    expect(outcome).toBe("b2 as a2, a1 as a1");
    expect(warnings).toEqual(["update of service web: container a1 is unhealthy: no answer"]);
  }
});

test("where both cannot run side by side the old one is stopped first, and that is told", async () => {
  const { log, warnings } = await rolled({ update: { order: "start-first" }, replicas: 1, inTheWay: [1] });
  expect(log).toEqual(["make b1", "stop a1 within 3", "start b1", "look b1", "remove a1"]);
  expect(warnings[0]).toContain("cannot run side by side");
});

test("an interruption ends what was begun, and begins nothing", async () => {
  const control = new AbortController();
  control.abort(new Error("interrupted"));
  const { log, outcome } = await rolled({ update: { order: "start-first" }, signal: control.signal });
  expect(log.filter((line) => !line.startsWith("look"))).toEqual([
    ...["make b1", "start b1", "stop a1 within 3", "remove a1"],
  ]);
  expect(outcome).toBe("interrupted");
});

test("an interruption in the delay leaves what is new in its place", async () => {
  const control = new AbortController();
  const update = { order: "start-first", failure_action: "rollback", delay: 1e15 };
  const running = rolled({ update, signal: control.signal });
  await Bun.sleep(0);
  control.abort(new Error("interrupted"));
  const { log, outcome } = await running;
  expect(log).toEqual(["make b1", "start b1", "look b1", "stop a1 within 3", "remove a1"]);
  expect(outcome).toBe("interrupted");
});

test("words that are none are refused before anything is done", async () => {
  const { log, outcome } = await rolled({ update: { order: "first-start" } });
  expect(outcome).toContain(
    'services.web.deploy.update_config.order: "first-start" is none of start-first, stop-first',
  );
  expect(log).toEqual([]);
  expect((await rolled({ update: {}, rollback: { failure_action: "rollback" } })).outcome).toContain(
    "rollback_config",
  );
});
