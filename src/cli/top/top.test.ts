import { describe, expect, test } from "bun:test";
import { painter } from "../terminal/colours.ts";
import type { Key } from "../terminal/keys.ts";
import { columnsFor, fittingColumns, shortSize, uptime } from "./columns.ts";
import { drawTop, type TopFrame } from "./draw.ts";
import { afterPageKey, drawPage, type Page } from "./pages.ts";
import { selectRows, type TopRow } from "./rows.ts";
import { type Counters, countersOf, type Usage, usageOf } from "./sample.ts";
import { afterTopKey, firstTopState, type TopState } from "./state.ts";

const now = Date.parse("2026-05-01T12:00:00Z");
const usage = (more: Partial<Usage> = {}): Usage => ({
  cpu: 1,
  memory: 1 << 20,
  memoryLimit: 1 << 30,
  received: 0,
  sent: 0,
  read: 0,
  written: 0,
  pids: 1,
  ...more,
});
const row = (name: string, more: Partial<TopRow> = {}): TopRow => ({
  id: `id-${name}`,
  name,
  image: "busybox",
  state: "running",
  health: "",
  restarts: 0,
  startedAt: now - 90_000,
  ports: "",
  usage: usage(),
  ...more,
});
const rows = [
  row("alpha", { usage: usage({ cpu: 5, memory: 3 << 20, received: 2048, sent: 10 }) }),
  row("beta", {
    usage: usage({ cpu: 250, memoryLimit: 2 << 20 }),
    health: "unhealthy",
    ports: "0.0.0.0:80->80/tcp",
  }),
  row("gamma", { state: "exited", usage: undefined, startedAt: undefined, restarts: 3 }),
  row("delta", { state: "paused", usage: usage({ cpu: undefined, written: 5e6 }) }),
];
const names = (state: Partial<TopState>) =>
  selectRows(rows, { ...firstTopState, ...state }).map(({ name }) => name);
const key = (name: string): Key => ({ name, text: [...name].length === 1 ? name : "" });

describe("counters and speeds", () => {
  const counters = (time: number, cpu: number): Counters => ({
    ...{ time, cpu, memory: 1, memoryLimit: 2, received: cpu, sent: 0, read: 0, written: 0, pids: 1 },
  });

  test("half a processor", () => {
    expect(usageOf(counters(3000, 6e8), counters(1000, -4e8)).cpu).toBe(50);
  });

  test("nothing is known from one moment, nor when a container began anew", () => {
    expect(usageOf(counters(1000, 5), undefined).cpu).toBeUndefined();
    expect(usageOf(counters(2000, 5), counters(1000, 900)).cpu).toBeUndefined();
  });

  test("counters of an engine's answer: page cache does not count as memory", () => {
    expect(
      countersOf({
        read: "2026-05-01T12:00:00Z",
        pids_stats: { current: 3 },
        cpu_stats: { cpu_usage: { total_usage: 7 } },
        memory_stats: { usage: 100, limit: 1000, stats: { inactive_file: 40 } },
        networks: { eth0: { rx_bytes: 1, tx_bytes: 2 }, eth1: { rx_bytes: 10, tx_bytes: 20 } },
        blkio_stats: {
          io_service_bytes_recursive: [
            { op: "Read", value: 5 },
            { op: "write", value: 6 },
          ],
        },
      }),
    ).toEqual({
      time: now,
      cpu: 7,
      memory: 60,
      memoryLimit: 1000,
      received: 11,
      sent: 22,
      read: 5,
      written: 6,
      pids: 3,
    });
  });

  test("a container that does not run has none", () => {
    expect(countersOf({ read: "0001-01-01T00:00:00Z", pids_stats: {} })).toBeUndefined();
  });
});

describe("selectRows", () => {
  test("only what lives, the busiest first", () => {
    expect(names({})).toEqual(["beta", "alpha", "delta"]);
  });

  test("all, in other orders", () => {
    expect(names({ all: true, sort: "name" })).toEqual(["alpha", "beta", "delta", "gamma"]);
    expect(names({ all: true, sort: "name", reverse: true })).toEqual(["gamma", "delta", "beta", "alpha"]);
    expect(names({ sort: "memory" })[0]).toBe("alpha");
    expect(names({ sort: "network" })[0]).toBe("alpha");
    expect(names({ sort: "disk" })[0]).toBe("delta");
    expect(names({ sort: "restarts", all: true })[0]).toBe("gamma");
  });

  test("a filter looks at name, image, state and health", () => {
    expect(names({ filter: "UNHEAL" })).toEqual(["beta"]);
    expect(names({ filter: "busybox", all: true })).toHaveLength(4);
    expect(names({ filter: "exited" })).toEqual([]);
  });
});

describe("keys", () => {
  const shown = selectRows(rows, firstTopState);
  const after = (state: TopState, ...pressed: string[]) =>
    pressed.reduce((step, name) => afterTopKey(step.state, key(name), shown, 10), { state } as ReturnType<
      typeof afterTopKey
    >);

  test("down moves from the first row", () => {
    expect(after(firstTopState, "down").state.chosen).toBe("id-alpha");
    expect(after(firstTopState, "G").state.chosen).toBe("id-delta");
    expect(after(firstTopState, "G", "g").state.chosen).toBe("id-beta");
  });

  test("a sort key twice turns the order round", () => {
    expect(after(firstTopState, "M").state).toMatchObject({ sort: "memory", reverse: false });
    expect(after(firstTopState, "M", "M").state).toMatchObject({ sort: "memory", reverse: true });
  });

  test("stop asks, and only y does it", () => {
    const asked = after(firstTopState, "s");
    expect(asked.state.confirm).toMatchObject({ verb: "stop", name: "beta" });
    expect(asked.effect).toBeUndefined();
    expect(after(asked.state, "y").effect).toEqual({
      kind: "verb",
      verb: "stop",
      id: "id-beta",
      name: "beta",
    });
    expect(after(asked.state, "n")).toEqual({ state: { ...asked.state, confirm: undefined } });
  });

  test("letters go into a filter while it is typed", () => {
    const typing = after(firstTopState, "/", "q", "s", "backspace").state;
    expect(typing).toMatchObject({ typing: true, filter: "q" });
    expect(after(typing, "enter").state).toMatchObject({ typing: false, filter: "q" });
    expect(after(typing, "escape").state).toMatchObject({ typing: false, filter: "" });
  });

  test("logs, shell, why and the end", () => {
    expect(after(firstTopState, "l").effect).toMatchObject({ kind: "logs", id: "id-beta" });
    expect(after(firstTopState, "x").effect).toMatchObject({ kind: "shell" });
    expect(after(firstTopState, "w").effect).toMatchObject({ kind: "why" });
    expect(after(firstTopState, "q").effect).toEqual({ kind: "end" });
    expect(after(firstTopState, "/", "ctrl-c").effect).toEqual({ kind: "end" });
  });

  test("there is no shell in what is paused", () => {
    const { state, effect } = after(firstTopState, "G", "x");
    expect(effect).toBeUndefined();
    expect(state.message).toBe("delta does not run");
  });
});

describe("drawTop", () => {
  const frame = (state: Partial<TopState> = {}): TopFrame => ({
    rows,
    machine: { name: "host", processors: 2, memory: 1 << 30 },
    state: { ...firstTopState, ...state },
    now,
  });
  const draw = (state: Partial<TopState> = {}, columns = 80, height = 12) =>
    drawTop(frame(state), { columns, rows: height }, painter(false));

  test("as many lines as rows, none wider than the window", () => {
    for (const [columns, height] of [
      [80, 24],
      [200, 50],
      [40, 8],
    ] as const) {
      for (const state of [{}, { help: true }, { typing: true, filter: "x" }, { all: true, frozen: true }]) {
        const lines = draw(state, columns, height);
        expect(lines).toHaveLength(height);
        expect(Math.max(...lines.map((line) => Bun.stringWidth(line)))).toBeLessThanOrEqual(columns);
      }
    }
  });

  test("at 80 columns", () => {
    expect(draw().map((line) => line.trimEnd())).toEqual([
      " host   3 running, 1 not   cpu 255% of 200%   memory 5MiB of 1GiB",
      "",
      " NAME              STATE        CPU%▼    MEMORY  MEM%   RX/s   TX/s       UP",
      " beta              unhealthy    250.0      1MiB   50%      0      0   1m 30s",
      " alpha             running        5.0      3MiB         2.0K    10B   1m 30s",
      " delta             paused                  1MiB            0      0   1m 30s",
      ...["", "", "", "", ""],
      " q quit   ? keys   l logs   x shell   w why   s stop   r restart   / filter",
    ]);
  });

  test("a question stands where the help was", () => {
    expect(draw({ confirm: { verb: "stop", id: "x", name: "beta" } }).at(-1)).toStartWith(
      " stop beta? y yes",
    );
  });

  test("colours only where they are wanted", () => {
    const coloured = drawTop(frame(), { columns: 80, rows: 12 }, painter(true)).join("");
    expect(coloured).toContain("\u001b[7m beta");
    expect(draw().join("")).not.toContain("\u001b");
  });

  test("an engine that does not answer is told", () => {
    const lines = drawTop(
      { ...frame(), trouble: "the engine does not answer" },
      { columns: 100, rows: 8 },
      painter(false),
    );
    expect(lines[0]).toEndWith(" the engine does not answer ");
  });

  test("columns leave in the order of their rank", () => {
    const titles = (width: number) =>
      fittingColumns(columnsFor(0), width, 10).columns.map(({ title }) => title);
    expect(titles(40)).toEqual(["CPU%", "MEMORY"]);
    expect(titles(60)).toEqual(["STATE", "CPU%", "MEMORY", "UP"]);
    expect(titles(300)).toHaveLength(columnsFor(0).length);
  });
});

describe("a page", () => {
  const size = { columns: 20, rows: 5 };
  const page: Page = {
    title: "t",
    note: "n",
    lines: ["1", "2", "3", "4", "\u001b[31m5\u001b[0m"],
    top: undefined,
  };

  test("stays at the end while it grows, until one scrolls up", () => {
    expect(drawPage(page, size, painter(false)).slice(1, 4)).toEqual(["3", "4", "5"]);
    const up = afterPageKey(page, key("up"), size);
    expect(up?.top).toBe(1);
    expect(up && afterPageKey(up, key("down"), size)?.top).toBeUndefined();
    expect(afterPageKey(page, key("q"), size)).toBeUndefined();
  });
});

test.each([
  [0, "0B"],
  [999, "999B"],
  [1024, "1.0K"],
  [1_500_000, "1.4M"],
  [123_456_789, "118M"],
])("shortSize %i", (bytes, text) => {
  expect(shortSize(bytes)).toBe(text);
});

test.each([
  [40, "40s"],
  [750, "12m 30s"],
  [7500, "2h 05m"],
  [270_000, "3d 3h"],
  [90_000_000, "1041d"],
])("uptime of %i seconds", (seconds, text) => {
  expect(uptime(seconds * 1000)).toBe(text);
});
