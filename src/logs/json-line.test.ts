import { expect, test } from "bun:test";
import { allLines, frames, jsonLine } from "../../tests/fakes/log-files.ts";
import { EntryWriter } from "./entry-writer.ts";
import { jsonLines } from "./json-line.ts";
import { scanLine } from "./json-scan.ts";

function decode(text: string, query: Partial<typeof allLines> = {}, join = false) {
  const writer = new EntryWriter({ ...allLines, ...query }, false, join, 16);
  const bytes = Buffer.from(text);
  const stopped = jsonLines.decode(bytes, 0, bytes.length, writer, Number.POSITIVE_INFINITY);
  return { frames: frames(Buffer.from(writer.take() ?? [])), rest: text.slice(stopped), writer };
}

const texts = [
  "",
  "\n",
  "plain\n",
  'quote" back\\slash / tab\t cr\r bell\u0007 esc\u001b\n',
  "é 世界 😀 \u2028 \ufffd\n",
  "x".repeat(16384),
  "\u0001".repeat(3000),
  "<b>&amp;</b>\n",
];

for (const text of texts) {
  test(`scanLine() agrees with JSON.parse on ${JSON.stringify(text.slice(0, 30))}`, () => {
    for (const line of [jsonLine(text), jsonLine(text).replace(/[<>&é世]/g, (c) => escaped(c))]) {
      const writer = new EntryWriter(allLines, true, false, 16);
      expect(scanLine(Buffer.from(line), 0, Buffer.byteLength(line), writer)).toBe(Buffer.byteLength(line));
      expect(Buffer.from(writer.take() ?? []).toString()).toBe(text);
    }
  });
}

const escaped = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;

test("decode() reads surrogate pairs, and lone surrogates as a replacement character", () => {
  const line = jsonLine("X\n").replace("X", "\\ud83d\\ude00 \\ud83d \\ude00 \\uD83Dx");
  expect(decode(line).frames).toEqual(["o:😀 \ufffd \ufffd \ufffdx\n"]);
});

test("decode() leaves an incomplete last line until it is complete", () => {
  const second = jsonLine("two\n");
  for (const cut of [1, 8, 9, second.length - 30, second.length - 1]) {
    const got = decode(jsonLine("one\n") + second.slice(0, cut));
    expect(got.frames).toEqual(["o:one\n"]);
    expect(got.rest).toBe(second.slice(0, cut));
  }
});

test("decode() takes foreign key order and white space, and skips what is no log line", () => {
  const foreign = `{ "time": "2026-01-02T03:04:05+01:00", "stream": "stderr", "log": "odd\\n" }\n`;
  const got = decode(`${foreign}garbage\n{"log":5}\n\0\0\0\n[]\nnull\n${jsonLine("good\n")}`, {
    timestamps: true,
  });
  expect(got.frames).toEqual([
    "e:2026-01-02T02:04:05.000000000Z odd\n",
    "o:2026-01-02T03:04:05.123456789Z good\n",
  ]);
});

test("decode() finds the whole line behind one that a crash tore", () => {
  expect(decode(`{"log":"half a li${jsonLine("whole\n")}`).frames).toEqual(["o:whole\n"]);
});

test("timestamps have nine digits and stand only where a line begins", () => {
  const piece = "y".repeat(16384);
  const got = decode(
    jsonLine(piece, { time: "2026-01-02T03:04:05Z" }) +
      jsonLine("between\n", { stream: "stderr", time: "2026-01-02T03:04:05.5Z" }) +
      jsonLine("end\n", { time: "2026-01-02T03:04:05.25Z" }) +
      jsonLine("next", { time: "2026-01-02T03:04:06.123456Z" }) +
      jsonLine("after a short piece\n"),
    { timestamps: true },
  );
  expect(got.frames).toEqual([
    `o:2026-01-02T03:04:05.000000000Z ${piece}`,
    "e:2026-01-02T03:04:05.500000000Z between\n",
    "o:end\n",
    "o:2026-01-02T03:04:06.123456000Z next",
    "o:2026-01-02T03:04:05.123456789Z after a short piece\n",
  ]);
});

test("details are sorted, query-escaped and follow the timestamp", () => {
  const line = jsonLine("x\n", { attrs: { "b c": "1&2", a: "é~!" } });
  expect(decode(line, { details: true, timestamps: true }).frames).toEqual([
    "o:2026-01-02T03:04:05.123456789Z a=%C3%A9~%21,b+c=1%262 x\n",
  ]);
  expect(decode(jsonLine("x\n"), { details: true }).frames).toEqual(["o: x\n"]);
  const mixed =
    line + line + jsonLine("none\n") + jsonLine("other\n", { attrs: { z: '}"' }, stream: "stderr" }) + line;
  expect(decode(mixed, { details: true }).frames).toEqual([
    "o:a=%C3%A9~%21,b+c=1%262 x\n",
    "o:a=%C3%A9~%21,b+c=1%262 x\n",
    "o: none\n",
    "e:z=%7D%22 other\n",
    "o:a=%C3%A9~%21,b+c=1%262 x\n",
  ]);
  expect(decode(line).frames).toEqual(["o:x\n"]);
});

test("since keeps the bound itself, until ends the reading behind it", () => {
  const lines = [1, 2, 3, 4].map((second) =>
    jsonLine(`${second}\n`, { time: `2026-01-02T00:00:0${second}Z` }),
  );
  const base = BigInt(Date.parse("2026-01-02T00:00:00Z")) * 1_000_000n;
  const second = 1_000_000_000n;
  const got = decode(lines.join(""), { since: base + 2n * second, until: base + 3n * second });
  expect(got.frames).toEqual(["o:2\n", "o:3\n"]);
  expect(got.writer.finished).toBe(true);
});

test("stdout and stderr can be asked for alone", () => {
  const both = jsonLine("out\n") + jsonLine("err\n", { stream: "stderr", attrs: { a: "}" } });
  expect(decode(both, { stdout: false }).frames).toEqual(["e:err\n"]);
  expect(decode(both, { stderr: false }).frames).toEqual(["o:out\n"]);
});

test("entries of one stream share a frame of bounded size when they may", () => {
  const err = { stream: "stderr" };
  const odd = `{"stream":"stderr","log":"slow\\n","time":"2026-01-02T03:04:05Z"}\n`;
  const text =
    jsonLine("a\n") + jsonLine("b\n") + jsonLine("E\n", err) + odd + jsonLine("F\n", err) + jsonLine("c\n");
  expect(decode(text, {}, true).frames).toEqual(["o:a\nb\n", "e:E\nslow\nF\n", "o:c\n"]);
  expect(decode(text, { stderr: false }, true).frames).toEqual(["o:a\nb\nc\n"]);
  expect(decode(text, { timestamps: true }, true).frames[1]).toBe(
    "e:2026-01-02T03:04:05.123456789Z E\n2026-01-02T03:04:05.000000000Z slow\n2026-01-02T03:04:05.123456789Z F\n",
  );
  const many = decode(jsonLine(`${"x".repeat(999)}\n`).repeat(100), {}, true).frames;
  expect(many.length).toBe(6);
  expect(Math.max(...many.map((frame) => frame.length))).toBeLessThan(32 * 1024);
});
