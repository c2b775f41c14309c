import { expect, test } from "bun:test";
import { LayerLines } from "./layer-lines.ts";
import { layerLine, plainText } from "./message.ts";

/** As much of a terminal as is used here: lines that scroll, moves up, clears to the right and below. */
class Window {
  /** What scrolled away at the top. */
  readonly gone: string[] = [];
  lines: string[] = [""];
  #row = 0;
  width = 80;
  height = 10;

  columns = () => this.width;
  rows = () => this.height;
  write = (text: string) => {
    const esc = String.fromCharCode(27);
    for (const part of text.split(new RegExp(`(${esc}\\[\\d*[AJK]|\\r\\n|\\n|\\r)`))) {
      const move = part.startsWith(`${esc}[`) ? part.at(-1) : undefined;
      if (move === "A") this.#row = Math.max(this.#row - Number(part.slice(2, -1)), 0);
      else if (move === "J") this.lines.length = this.#row + 1;
      else if (part.endsWith("\n")) this.#down();
      else if (part !== "\r" && move === undefined && part !== "") this.lines[this.#row] = part;
    }
  };

  #down(): void {
    this.#row++;
    if (this.lines[this.#row] === undefined) this.lines.push("");
    if (this.lines.length > this.height) {
      this.gone.push(this.lines.shift() ?? "");
      this.#row--;
    }
  }

  /** Long lines are broken, as terminals do when they get narrower. */
  narrow(width: number): void {
    this.width = width;
    const broken = this.lines.flatMap((line) => line.match(new RegExp(`.{1,${width}}`, "g")) ?? [""]);
    this.#row += broken.length - this.lines.length;
    this.lines = broken;
  }
}

const downloading = (id: string, current: number) => ({
  id,
  status: "Downloading",
  progressDetail: { current, total: 100 },
});

test("a line per layer, rewritten; other words end the block", () => {
  const window = new Window();
  const lines = new LayerLines(window);
  lines.add({ status: "Pulling from x", id: "1" });
  lines.add(downloading("a", 0));
  lines.add(downloading("b", 1));
  lines.draw();
  lines.add(downloading("a", 50));
  lines.draw();
  lines.add({ id: "a", status: "Pull complete", progressDetail: {} });
  lines.add({ status: "Digest: d" });
  lines.add({ id: "a", status: "Waiting", progressDetail: {} });
  lines.draw();
  expect(window.lines.map((line) => line.replace(/ \[.*\]/, ""))).toEqual([
    "1: Pulling from x",
    "a: Pull complete",
    "b: Downloading       1B/100B",
    "Digest: d",
    "a: Waiting",
    "",
  ]);
});

test("a window made narrower: no line is left over, none runs over the edge", () => {
  const window = new Window();
  const lines = new LayerLines(window);
  for (const id of ["a", "b"]) lines.add(downloading(id, 10));
  lines.draw();
  window.narrow(40);
  lines.add(downloading("b", 20));
  lines.draw();
  expect(window.lines.map((line) => line.slice(0, 14))).toEqual(["a: Downloading", "b: Downloading", ""]);
  for (const line of window.lines) expect(line.length).toBeLessThan(40);
});

test("more layers than lines: those that fit are kept up to date", () => {
  const window = new Window();
  const lines = new LayerLines(window);
  const ids = Array.from({ length: 15 }, (_, i) => `layer${i}`);
  for (const step of [1, 2, 3]) {
    for (const id of ids) lines.add(downloading(id, step));
    lines.draw();
  }
  const all = [...window.gone, ...window.lines];
  expect(all.map((line) => line.split(":")[0])).toEqual([...ids, ""]);
  expect(window.lines.slice(0, -1).every((line) => line.includes("3B/100B"))).toBe(true);
  expect(window.gone.every((line) => line.includes("1B/100B"))).toBe(true);
});

test("a bar is as long as there is room for, and goes before the numbers do", () => {
  const line = (columns: number) => layerLine(downloading("a", 50), columns);
  expect(line(200)).toBe(`a: Downloading [${"=".repeat(25)}>${" ".repeat(25)}]      50B/100B`);
  expect(line(50)).toBe(`a: Downloading [${"=".repeat(8)}>${" ".repeat(9)}]      50B/100B`);
  expect(line(35)).toBe("a: Downloading      50B/100B");
  expect(line(11)).toBe("a: Downloa");
});

test("without a terminal bars are left out, their first and last word is not", () => {
  expect(plainText(downloading("a", 1))).toBe("");
  expect(plainText({ id: "a", status: "Pull complete", progressDetail: {} })).toBe("a: Pull complete\n");
});
