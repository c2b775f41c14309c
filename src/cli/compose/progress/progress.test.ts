import { describe, expect, test } from "bun:test";
import type { TaskEvent } from "../../../compose/task.ts";
import { painter } from "../../terminal/colours.ts";
import { displayKind } from "./display-kind.ts";
import { jsonLine, PlainFilter, plainLine } from "./plain-lines.ts";
import { type TaskShape, taskLines } from "./task-lines.ts";
import { TaskTree } from "./task-tree.ts";

const done = (id: string, text: string, more: Partial<TaskEvent> = {}): TaskEvent => ({
  id,
  status: "done",
  text,
  ...more,
});
const working = (id: string, text: string, more: Partial<TaskEvent> = {}): TaskEvent => ({
  ...done(id, text, more),
  status: "working",
});

const shape: TaskShape = {
  columns: 60,
  rows: 20,
  final: false,
  took: 1500,
  frame: 0,
  title: "Running",
  prefix: "",
  paint: painter(false),
};

/** A clock that goes on a tenth of a second with each event. */
function treeOf(events: readonly TaskEvent[]): TaskTree {
  let now = 0;
  const tree = new TaskTree(() => now);
  for (const event of events) {
    now += 100;
    tree.add(event);
  }
  return tree;
}

const drawn = (events: readonly TaskEvent[], more: Partial<TaskShape> = {}) =>
  taskLines(treeOf(events), { ...shape, ...more });

describe("the tree of tasks", () => {
  test("has a head that counts, then every task with its last word and its time", () => {
    expect(
      drawn([
        working("Network shop_default", "Creating"),
        done("Network shop_default", "Created"),
        working("Container shop-web-1", "Creating"),
      ]),
    ).toEqual([
      "[+] Running 1/2                                        1.5s",
      " ✔ Network shop_default  Created                       0.1s",
      " ⠋ Container shop-web-1  Creating                      0.0s",
    ]);
  });

  test("shows layers below what is pulled while it is, with the bytes of all that are known", () => {
    const events = [
      working("web", "Pulling"),
      working("2b62153f094c", "Downloading", { parent: "web", current: 5_000_000, total: 10_000_000 }),
      working("ad74af05f5a2", "Waiting", { parent: "web" }),
    ];
    expect(drawn(events)).toEqual([
      "[+] Running 0/1                                        1.5s",
      " ⠋ web             Pulling                             0.2s",
      "   ⠋ 2b62153f094c  Downloading  ━━━━━━━━──────── 5MB … 0.1s",
      "   ⠋ ad74af05f5a2  Waiting                             0.0s",
    ]);
    const known = [...events, done("ad74af05f5a2", "Pull complete", { parent: "web", total: 2_000_000 })];
    expect(drawn(known)[1]).toStartWith(" ⠋ web             Pulling  7MB / 12MB ");
    expect(drawn([...known, done("web", "Pulled")])).toHaveLength(2);
  });

  test("shows the last lines of what a task prints while it works", () => {
    const output = Array.from({ length: 9 }, (_, index) => `line ${index}`).join("\n");
    const lines = drawn([working("web", "Building", { details: output })]);
    expect(lines.slice(2)).toEqual([3, 4, 5, 6, 7, 8].map((index) => `   │ line ${index}`));
    expect(drawn([done("web", "Built", { details: output })])).toHaveLength(2);
  });

  test("is never higher than the window, and counts what it leaves out", () => {
    const events = Array.from({ length: 30 }, (_, index) =>
      (index < 25 ? done : working)(`Container shop-web-${index}`, "Starting"),
    );
    const lines = drawn(events, { rows: 10 });
    expect(lines).toHaveLength(10);
    expect(lines[1]).toBe(" … 22 more are done");
    expect(lines.at(-1)).toContain("shop-web-29");
    const few = drawn(events, { rows: 5 });
    expect([few.length, few[1]]).toEqual([5, " … 25 more are done, 2 more are at work"]);
    expect(drawn(events, { rows: Number.POSITIVE_INFINITY, final: true })).toHaveLength(31);
  });

  test("leaves out layers and output before tasks", () => {
    const layers = Array.from({ length: 20 }, (_, index) =>
      working(`layer${index}`, "Waiting", { parent: "web" }),
    );
    const events = [
      working("web", "Pulling"),
      ...layers,
      working("api", "Building", { details: "a\nb\nc" }),
      done("Network n", "Created"),
    ];
    const lines = drawn(events, { rows: 8 });
    expect(lines.length).toBeLessThanOrEqual(8);
    expect(lines.filter((line) => /^ \S (web|api|Network n) /.test(line))).toHaveLength(3);
  });

  test.each([20, 35, 60, 120])("no line is wider than a window of %i columns", (columns) => {
    const events = [
      working("Container a-project-of-a-long-name-and-a-service-of-a-long-name-1", "Creating"),
      { id: "Container b", status: "error" as const, text: "Error", details: "driver failed ".repeat(20) },
      working("wéb日本語", "Pulling"),
      working("2b62153f094c", "Downloading", { parent: "wéb日本語", current: 1, total: 3 }),
    ];
    for (const line of drawn(events, { columns })) expect(Bun.stringWidth(line)).toBeLessThan(columns);
  });

  test("the final picture marks what never ended, and the dry run every task", () => {
    const lines = drawn([working("Container a", "Starting")], { final: true, prefix: "DRY-RUN MODE - " });
    expect(lines[1]).toStartWith(" ⊘ DRY-RUN MODE - Container a  Starting");
  });

  test("a task that goes on keeps the time it began", () => {
    const tree = treeOf([
      working("Container a", "Creating"),
      done("Container a", "Created"),
      working("Container a", "Starting"),
      done("Container a", "Started"),
    ]);
    expect(tree.all().map((task) => tree.timeOf(task))).toEqual([300]);
  });
});

describe("plain lines", () => {
  test("are Docker Compose's", () => {
    expect(plainLine(working("Container x-web-1", "Creating"), false)).toBe(" Container x-web-1  Creating\n");
    expect(plainLine(done("web", "Pulled"), false)).toBe(" web Pulled \n");
    expect(plainLine(working("Container x-web-1", "Creating"), true)).toBe(
      " DRY-RUN MODE -  Container x-web-1  Creating\n",
    );
  });

  test("say a word once, however far its bar has come", () => {
    const filter = new PlainFilter();
    const events = [1, 2, 3].map((current) => working("layer", "Downloading", { current, total: 3 }));
    expect(events.map((event) => filter.isNew(event))).toEqual([true, false, false]);
    expect(filter.isNew(done("layer", "Pull complete"))).toBeTrue();
  });
});

test("lines for programs have the keys of Docker Compose", () => {
  expect(JSON.parse(jsonLine(working("Container a", "Creating"), false))).toEqual({
    id: "Container a",
    status: "Creating",
  });
  expect(
    JSON.parse(jsonLine(working("aa", "Downloading", { parent: "web", current: 1, total: 4 }), true)),
  ).toEqual({
    "dry-run": true,
    id: "aa",
    parent_id: "web",
    text: "Downloading",
    current: 1,
    total: 4,
    percent: 25,
  });
});

test.each([
  ["auto", true, "tree"],
  ["auto", false, "plain"],
  ["tty", false, "tree"],
  ["plain", true, "plain"],
  ["json", true, "json"],
  ["quiet", true, "quiet"],
] as const)("--progress %s, on a terminal: %p, is shown as %s", (progress, terminal, kind) => {
  expect(displayKind(progress, terminal)).toBe(kind);
});
