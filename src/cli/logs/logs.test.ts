import { describe, expect, test } from "bun:test";
import { encodeFrame } from "../../protocol/stream-frames.ts";
import { painter } from "../terminal/colours.ts";
import { shownName } from "./choose.ts";
import { LineMerger } from "./line-merger.ts";
import { type LogLine, logLines, nanosOf } from "./log-lines.ts";
import { Prefixes } from "./prefix.ts";

const stamp = (second: number) => `2026-05-01T12:00:${String(second).padStart(2, "0")}.000000001Z`;
const line = (second: number, text = `at ${second}`): LogLine => ({
  stream: "stdout",
  time: nanosOf(stamp(second)),
  stamp: stamp(second),
  text,
  ended: true,
});

async function* pieces(...all: (string | Uint8Array)[]) {
  for (const one of all) yield Buffer.from(one);
}

describe("logLines", () => {
  const texts = async (framed: boolean, stamped: boolean, ...all: (string | Uint8Array)[]) =>
    (await Array.fromAsync(logLines(pieces(...all), { framed, stamped }))).map(({ stream, text }) => [
      stream,
      text,
    ]);

  test("lines of a terminal across pieces, and a rest without an end", async () => {
    expect(await texts(false, false, "one\ntw", "o\nthr", "ee")).toEqual([
      ["stdout", "one"],
      ["stdout", "two"],
      ["stdout", "three"],
    ]);
  });

  test("both streams of frames, each with its own unfinished line", async () => {
    const frames = [
      encodeFrame("stdout", Buffer.from("a")),
      encodeFrame("stderr", Buffer.from("E\n")),
      encodeFrame("stdout", Buffer.from("b\n")),
    ];
    expect(await texts(true, false, Buffer.concat(frames))).toEqual([
      ["stderr", "E"],
      ["stdout", "ab"],
    ]);
  });

  test("times are taken off, also of the later parts of a long line; an empty line stays", async () => {
    const parts = [`${stamp(1)} long`, `${stamp(2)} line\n`, `${stamp(3)} \n`];
    const found = await Array.fromAsync(
      logLines(pieces(...parts.map((part) => encodeFrame("stdout", Buffer.from(part)))), {
        framed: true,
        stamped: true,
      }),
    );
    expect(found.map(({ text, stamp: time }) => [text, time])).toEqual([
      ["longline", stamp(1)],
      ["", stamp(3)],
    ]);
  });

  test("a letter cut in two by frames is whole again", async () => {
    const bytes = Buffer.from("ä\n");
    expect(await texts(false, false, bytes.subarray(0, 1), bytes.subarray(1))).toEqual([["stdout", "ä"]]);
  });
});

test("nanosOf keeps nanoseconds and zones", () => {
  expect(nanosOf("2026-05-01T12:00:00.123456789Z") % 1_000_000_000n).toBe(123_456_789n);
  expect(nanosOf("2026-05-01T14:00:00+02:00")).toBe(nanosOf("2026-05-01T12:00:00Z"));
});

describe("LineMerger", () => {
  const texts = (merger: LineMerger<string>, now: number) =>
    merger.take(now).ready.map(({ name, line: { text } }) => `${name} ${text}`);

  test("histories are merged exactly, however slowly one of them comes", () => {
    const merger = new LineMerger<string>();
    const [a, b] = [merger.add("a"), merger.add("b")];
    merger.opened(a, 0);
    merger.push(a, line(1), 0);
    merger.push(a, line(4), 0);
    expect(merger.take(5000)).toEqual({ ready: [], wait: undefined });
    merger.opened(b, 5000);
    merger.push(b, line(2), 5001);
    merger.push(b, line(3), 5001);
    expect(texts(merger, 5001)).toEqual(["a at 1", "b at 2", "b at 3"]);
    merger.end(b);
    expect(texts(merger, 5001)).toEqual(["a at 4"]);
    merger.end(a);
    expect(merger.isEmpty).toBe(true);
  });

  test("what has an end is waited for, however long a container is silent", () => {
    const merger = new LineMerger<string>({ live: false });
    const [a, b] = [merger.add("a"), merger.add("b")];
    merger.opened(b, 0);
    merger.push(a, line(2), 0);
    expect(texts(merger, 60_000)).toEqual([]);
    merger.push(b, line(1), 60_000);
    merger.end(b);
    expect(texts(merger, 60_000)).toEqual(["b at 1", "a at 2"]);
  });

  test("a live line waits a moment for earlier ones, no longer", () => {
    const merger = new LineMerger<string>();
    const [a, b] = [merger.add("a"), merger.add("b")];
    merger.opened(a, 0);
    merger.opened(b, 0);
    merger.push(a, line(2), 1000);
    expect(merger.take(1000)).toEqual({ ready: [], wait: 100 });
    merger.push(b, line(1), 1050);
    expect(texts(merger, 1050)).toEqual(["b at 1"]);
    expect(merger.take(1060).wait).toBe(90);
    expect(texts(merger, 1150)).toEqual(["a at 2"]);
  });

  test("one container alone waits for nobody", () => {
    const merger = new LineMerger<string>();
    const a = merger.add("a");
    merger.opened(a, 0);
    merger.push(a, line(1), 0);
    expect(texts(merger, 0)).toEqual(["a at 1"]);
  });

  test("what is held back is bounded", () => {
    const merger = new LineMerger<string>();
    const [a, b] = [merger.add("a"), merger.add("b")];
    merger.opened(a, 0);
    merger.opened(b, 0);
    let count = 1;
    while (merger.push(a, line(1), 0)) count++;
    expect(count).toBe(2000);
    expect(merger.take(0).ready).toHaveLength(1);
  });
});

test("prefixes are aligned, and coloured where that is wanted", () => {
  const plain = new Prefixes(painter(false), ["web", "database"]);
  expect([plain.of("web"), plain.of("database"), plain.of("later-one")]).toEqual([
    "web      | ",
    "database | ",
    "later-one | ",
  ]);
  const coloured = new Prefixes(painter(true), ["a", "b"]);
  expect(coloured.of("a")).toBe("\u001b[36ma | \u001b[0m");
  expect(coloured.of("b")).toStartWith("\u001b[33m");
});

test("shownName leaves the project out", () => {
  expect(shownName("shop-web-1", "shop")).toBe("web-1");
  expect(shownName("shopping", "shop")).toBe("shopping");
  expect(shownName("shop-web-1", "")).toBe("shop-web-1");
});
