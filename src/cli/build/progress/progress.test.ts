import { describe, expect, test } from "bun:test";
import type { BuildMessage } from "../../../protocol/build-messages.ts";
import { BuildView } from "./build-view.ts";
import { LastLines, plainLine } from "./last-lines.ts";
import { PlainProgress } from "./plain-progress.ts";
import { seconds } from "./seconds.ts";
import { treeLines } from "./tree-lines.ts";

const step = (id: number, title: string): BuildMessage => ({ type: "step", id, title });
const started = (id: number): BuildMessage => ({ type: "started", id, at: 0 });
const output = (id: number, text: string): BuildMessage => ({
  type: "output",
  id,
  stream: 1,
  data: Buffer.from(text).toString("base64"),
});
const finished = (id: number, outcome: "done" | "cached" | "failed" = "done", more = {}): BuildMessage => ({
  type: "finished",
  id,
  at: 0,
  outcome,
  ...more,
});

/** A clock that goes on a tenth of a second with each message. */
function shown(messages: readonly BuildMessage[]): { text: string; view: BuildView } {
  let now = 0;
  let text = "";
  const view = new BuildView(() => now);
  const progress = new PlainProgress(view, (words) => {
    text += words;
  });
  for (const message of messages) {
    now += 100;
    view.add(message);
    progress.add(message);
  }
  progress.end();
  return { text, view };
}

test("plain lines: numbered as steps begin, broken off where another one speaks", () => {
  const { text } = shown([
    step(7, "[1/2] FROM x"),
    step(8, "[2/2] RUN a"),
    step(9, "[other 2/2] RUN b"),
    finished(7, "cached"),
    started(8),
    started(9),
    output(8, "one\ntw"),
    output(9, "b\n"),
    output(8, "o\nrest"),
    finished(8, "done", { reason: "argument V differs" }),
    finished(9, "failed", { failure: "exit code: 1" }),
  ]);
  expect(text).toBe(`#1 [1/2] FROM x
#1 CACHED

#2 [2/2] RUN a
#2 0.200 one
#2 ...

#3 [other 2/2] RUN b
#3 0.200 b
#3 ...

#2 [2/2] RUN a
#2 0.400 two
#2 0.500 rest
#2 not cached: argument V differs
#2 DONE 0.5s

#3 [other 2/2] RUN b
#3 ERROR: exit code: 1

`);
});

describe("the tree", () => {
  const plain = (text: string) => text;
  const shape = { columns: 40, rows: 20, final: false, took: 2500, frame: 0, paint: plain };
  const many = [1, 2, 3, 4, 5, 6].flatMap((id) => [step(id, `[${id}/6] RUN number ${id}`), started(id)]);

  test("counts, marks, times, and the last lines of what runs", () => {
    const { view } = shown([
      step(1, "[1/3] FROM x"),
      step(2, "[2/3] RUN a-rather-long-command --with flags"),
      finished(1, "cached"),
      started(2),
      output(2, Array.from({ length: 9 }, (_, index) => `line ${index}`).join("\n")),
    ]);
    expect(treeLines(view, shape)).toEqual([
      "Building 2.5s  1/2 steps, 1 cached",
      " ● [1/3] FROM x                  cached",
      " ⠋ [2/3] RUN a-rather-long-comm…   0.1s",
      ...[3, 4, 5, 6, 7, 8].map((line) => `   │ line ${line}`),
    ]);
  });

  test("never takes more lines than the window has, and says what is not there", () => {
    const { view } = shown([...many, finished(1), finished(2), finished(3), output(6, "a\nb\nc\n")]);
    for (const rows of [3, 4, 5, 6, 8, 30]) {
      const lines = treeLines(view, { ...shape, rows });
      expect(lines.length).toBeLessThanOrEqual(rows);
      for (const line of lines) expect(Bun.stringWidth(line)).toBeLessThan(40);
    }
    expect(treeLines(view, { ...shape, rows: 6 })).toContain(" … 3 more steps ended");
    expect(treeLines(view, { ...shape, rows: Number.POSITIVE_INFINITY, final: true })).toHaveLength(7);
  });
});

test("output: a carriage return begins the line anew, codes are left out", () => {
  const lines = new LastLines(2);
  lines.add(Buffer.from("a\nb\x1b[31mred\x1b[0m\n10%\r50%\r"));
  lines.add(Buffer.from("100%"));
  expect(lines.last(2)).toEqual(["bred", "100%"]);
  expect(plainLine("\x1b]0;title\x07\tx\x00")).toBe("    x");
});

test("seconds()", () => {
  expect([0, 1234, 99_900, 125_000].map(seconds)).toEqual(["0.0s", "1.2s", "99.9s", "2m05s"]);
});
