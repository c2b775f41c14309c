import { afterAll, describe, expect, test } from "bun:test";
import { copyFileSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { frames, jsonLine, localEntry, readLog } from "../../tests/fakes/log-files.ts";
import { logReaderFor } from "./file-log-reader.ts";

const fixtures = join(import.meta.dir, "../../tests/fixtures/logs");
const home = mkdtempSync(join(tmpdir(), "hull-logs-"));
afterAll(() => rmSync(home, { recursive: true }));
let count = 0;
const freshPath = () => join(mkdtempSync(join(home, `${count++}-`)), "x-json.log");
const json = logReaderFor("json-file");
const local = logReaderFor("local");

describe("files written by Docker", () => {
  const special = 'tab\tquote"back\\slash <b>&amp; \u0001\u001b[1m é 世界 😀 ';
  const long = "a".repeat(40000);

  test("json-file reads as `docker logs` prints it", async () => {
    const path = join(fixtures, "docker-json-file.log");
    const out = await readLog(json, path, { stderr: false });
    expect(out.toString()).toBe(`plain\n${special}\ufffd( bad\ncr\rlf\r\n\n${long}\nlast\nno newline`);
    expect(
      frames(await readLog(json, path, { stdout: false, timestamps: true, details: true }, false)),
    ).toEqual(["e:2026-11-21T10:41:36.424230286Z SIZE=a+b%26c,team=blue err one\n"]);
  });

  test("local keeps invalid UTF-8, and a line in pieces ends with its newline", async () => {
    const path = join(fixtures, "docker-local.log");
    const out = await readLog(local, path, { stderr: false });
    const invalid = Buffer.from([0xc3, 0x28]);
    expect(out).toEqual(
      Buffer.concat([
        Buffer.from(`plain\n${special}`),
        invalid,
        Buffer.from(` bad\ncr\rlf\r\n\n${long}\nlast\nno newline`),
      ]),
    );
    expect((await readLog(local, path, { tail: 2, timestamps: true })).toString()).toMatch(
      /^2026-11-21T10:41:37\.055792233Z last\n2026-11-21T10:41:37\.103250213Z no newline$/,
    );
  });

  test("tail counts lines, not pieces", async () => {
    for (const [reader, file] of [
      [json, "docker-json-file.log"] as const,
      [local, "docker-local.log"] as const,
    ]) {
      const out = await readLog(reader, join(fixtures, file), { tail: 3 });
      expect(out.toString()).toBe(`${long}\nlast\nno newline`);
    }
  });
});

/** The same lines in both formats, spread over files; `parts` are from oldest to newest. */
const writers = [
  ["json-file", json, (lines: string[]) => Buffer.from(lines.map((line) => jsonLine(`${line}\n`)).join(""))],
  ["local", local, (lines: string[]) => Buffer.concat(lines.map((line) => localEntry(line)))],
] as const;

for (const [name, reader, encode] of writers) {
  describe(name, () => {
    test("every tail over plain and compressed rotated files gives the last lines", async () => {
      const path = freshPath();
      const lines = Array.from({ length: 40 }, (_, index) => `${index} ${"z".repeat((index * 37) % 90)}`);
      writeFileSync(`${path}.3.gz`, gzipSync(encode(lines.slice(0, 10))));
      writeFileSync(`${path}.2`, encode(lines.slice(10, 20)));
      writeFileSync(`${path}.1.gz`, gzipSync(encode(lines.slice(20, 30))));
      writeFileSync(path, encode(lines.slice(30)));
      for (let tail = 0; tail <= 42; tail++) {
        const expected = lines.slice(Math.max(0, 40 - tail)).map((line) => `${line}\n`);
        expect((await readLog(reader, path, { tail })).toString()).toBe(tail === 0 ? "" : expected.join(""));
      }
      expect((await readLog(reader, path)).toString()).toBe(lines.map((line) => `${line}\n`).join(""));
      expect(readdirSync(join(path, "..")).length).toBe(4);
    });

    test("tails reach back over many blocks and over entries larger than a block", async () => {
      const path = freshPath();
      const lines = Array.from({ length: 6000 }, (_, index) => `${index} ${"q".repeat(100)}`);
      lines.splice(5990, 0, "w".repeat(700_000));
      writeFileSync(path, encode(lines));
      for (const tail of [1, 10, 11, 12, 500, 5999, 6001, 7000]) {
        const out = (await readLog(reader, path, { tail })).toString();
        expect(
          out ===
            lines
              .slice(-tail)
              .map((line) => `${line}\n`)
              .join(""),
        ).toBe(true);
      }
    });

    test("a half-written last entry is left out, whatever is asked for", async () => {
      const path = freshPath();
      const whole = encode(["one", "two"]);
      const torn = encode(["three"]);
      for (const cut of [1, 5, torn.length - 1]) {
        writeFileSync(path, Buffer.concat([whole, torn.subarray(0, cut)]));
        expect((await readLog(reader, path)).toString()).toBe("one\ntwo\n");
        expect((await readLog(reader, path, { tail: 1 })).toString()).toBe("two\n");
      }
    });

    test("lastLines() gives text, remove() takes the rotated files along", async () => {
      const path = freshPath();
      expect(await reader.lastLines(path, 3)).toEqual([]);
      writeFileSync(`${path}.1`, encode(["a", "b"]));
      writeFileSync(path, encode(["c", ""]));
      expect(await reader.lastLines(path, 3)).toEqual(["b", "c", ""]);
      await reader.remove(path);
      expect(readdirSync(join(path, ".."))).toEqual([]);
    });
  });
}

test("since finds its place in a large file and in rotated ones without reading them all", async () => {
  const path = freshPath();
  const start = Date.parse("2026-01-02T00:00:00Z");
  const line = (index: number) =>
    jsonLine(`${index} ${"s".repeat(200)}\n`, { time: new Date(start + index * 1000).toISOString() });
  const lines = Array.from({ length: 20_000 }, (_, index) => line(index));
  writeFileSync(`${path}.1`, lines.slice(0, 9000).join(""));
  writeFileSync(`${path}.2.gz`, "not even gzip: must not be unpacked");
  utimesSync(`${path}.2.gz`, 1_000_000, 1_000_000);
  writeFileSync(path, lines.slice(9000).join(""));
  for (const first of [10_000, 19_999, 9000, 8999, 5, 20_000]) {
    const out = (await readLog(json, path, { since: BigInt(start + first * 1000) * 1_000_000n })).toString();
    expect(out.split("\n").length - 1).toBe(20_000 - first);
    expect(out.startsWith(first < 20_000 ? `${first} ` : "")).toBe(true);
  }
});

test("the stages of a compression are read once: plain file beside its copy, temporary files ignored", async () => {
  const path = freshPath();
  writeFileSync(`${path}.1`, jsonLine("old\n"));
  writeFileSync(`${path}.1.gz`, gzipSync(jsonLine("old\n")));
  writeFileSync(`${path}.1.gz.tmp`, "");
  writeFileSync(path, jsonLine("new\n"));
  expect((await readLog(json, path)).toString()).toBe("old\nnew\n");
});

test("a log that was never written reads as empty; driver none refuses", async () => {
  expect((await readLog(json, freshPath())).length).toBe(0);
  expect(() => readLog(logReaderFor("none"), freshPath())).toThrow(
    "configured logging driver does not support reading",
  );
});

test("a reader that stops early lets go of its files", async () => {
  const path = freshPath();
  copyFileSync(join(fixtures, "docker-json-file.log"), path);
  writeFileSync(path, jsonLine(`${"k".repeat(1000)}\n`).repeat(5000));
  const query = {
    stdout: true,
    stderr: true,
    since: 0n,
    until: 0n,
    tail: -1,
    timestamps: false,
    details: false,
  };
  const once = async () => {
    const stream = json.read(path, query, true, {
      follow: true,
      ended: new Promise(() => {}),
      signal: new AbortController().signal,
    });
    const reader = stream.getReader();
    await reader.read();
    await reader.cancel();
    return readdirSync("/proc/self/fd").length;
  };
  const before = await once();
  expect(await once()).toBe(before);
});
