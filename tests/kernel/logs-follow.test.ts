import { afterAll, describe, expect, test } from "bun:test";
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { logReaderFor } from "../../src/logs/file-log-reader.ts";
import type { LogQuery } from "../../src/logs/log-reader.ts";
import { allLines, jsonLine, localEntry, readLog } from "../fakes/log-files.ts";

const home = mkdtempSync(join(tmpdir(), "hull-follow-"));
afterAll(() => rmSync(home, { recursive: true }));
let count = 0;

/** A follower in the background: what it got so far, and a way to wait until it got something. */
function follow(driver: "json-file" | "local", path: string, query: Partial<LogQuery> = {}) {
  const container = Promise.withResolvers<void>();
  const stop = new AbortController();
  const stream = logReaderFor(driver).read(path, { ...allLines, ...query }, true, {
    follow: true,
    ended: container.promise,
    signal: stop.signal,
  });
  let text = "";
  let wake = () => {};
  const decoder = new TextDecoder();
  const finished = (async () => {
    for await (const chunk of stream) {
      text += decoder.decode(chunk, { stream: true });
      wake();
    }
    return text;
  })();
  return {
    finished,
    end: () => container.resolve(),
    abort: () => stop.abort(),
    async until(part: string) {
      while (!text.includes(part)) await new Promise<void>((resolve) => (wake = resolve));
    },
  };
}

const formats = {
  "json-file": (line: string) => Buffer.from(jsonLine(`${line}\n`)),
  local: (line: string) => localEntry(line),
} as const;

function freshPath(): string {
  return join(mkdtempSync(join(home, `${count++}-`)), "x.log");
}

function rotate(path: string, keep: number, compress: boolean): void {
  for (let number = keep - 1; number >= 1; number--) {
    for (const suffix of ["", ".gz"])
      if (existsSync(`${path}.${number}${suffix}`))
        renameSync(`${path}.${number}${suffix}`, `${path}.${number + 1}${suffix}`);
  }
  renameSync(path, `${path}.1`);
  writeFileSync(path, "");
  if (!compress) return;
  writeFileSync(`${path}.1.gz.tmp`, gzipSync(readFileSync(`${path}.1`)));
  renameSync(`${path}.1.gz.tmp`, `${path}.1.gz`);
  unlinkSync(`${path}.1`);
}

for (const driver of ["json-file", "local"] as const) {
  const encode = formats[driver];

  describe(`following ${driver}`, () => {
    for (const compress of [false, true]) {
      test(`loses and doubles no line over ${compress ? "compressing " : ""}rotations`, async () => {
        const path = freshPath();
        writeFileSync(path, encode("line 0"));
        const follower = follow(driver, path);
        const total = 3000;
        for (let index = 1; index < total; index++) {
          // All with the same time: only the files themselves can tell what was read.
          appendFileSync(path, encode(`line ${index}`));
          if (index % 97 === 0 || index % 101 === 0) rotate(path, 100, compress);
          // Now at the follower's pace, now far ahead of it.
          if (index % 50 === 0 && index < total / 2) await follower.until(`line ${index}\n`);
        }
        follower.end();
        const lines = (await follower.finished).trimEnd().split("\n");
        expect(lines).toEqual(Array.from({ length: total }, (_, index) => `line ${index}`));
      });
    }

    test("begins with the tail and goes on with what comes", async () => {
      const path = freshPath();
      writeFileSync(path, Buffer.concat(["a", "b", "c"].map(encode)));
      const follower = follow(driver, path, { tail: 1 });
      await follower.until("c\n");
      appendFileSync(path, encode("d"));
      await follower.until("d\n");
      follower.end();
      expect(await follower.finished).toBe("c\nd\n");
    });

    test("waits for an entry that comes in two writes", async () => {
      const path = freshPath();
      const entry = encode("in two halves");
      writeFileSync(path, Buffer.concat([encode("first"), entry.subarray(0, 20)]));
      const follower = follow(driver, path);
      await follower.until("first\n");
      appendFileSync(path, Buffer.concat([entry.subarray(20), encode("last")]));
      await follower.until("last\n");
      follower.end();
      expect(await follower.finished).toBe("first\nin two halves\nlast\n");
    });

    test("begins again when the file was truncated", async () => {
      const path = freshPath();
      writeFileSync(path, Buffer.concat([encode("one"), encode("two")]));
      const follower = follow(driver, path);
      await follower.until("two\n");
      truncateSync(path);
      appendFileSync(path, encode("3"));
      await follower.until("3\n");
      follower.end();
      expect(await follower.finished).toBe("one\ntwo\n3\n");
    });

    test("a log that comes to be later is read from its beginning", async () => {
      const path = freshPath();
      const follower = follow(driver, path);
      writeFileSync(path, encode("born"));
      await follower.until("born\n");
      follower.end();
      expect(await follower.finished).toBe("born\n");
    });
  });
}

for (const compression of ["plain", "gzip"]) {
  test(`a writer in another process, rotating (${compression}) while it is followed: every line once`, async () => {
    const path = freshPath();
    writeFileSync(path, "");
    const follower = follow("json-file", path);
    const total = 20_000;
    const program = join(import.meta.dir, "../programs/log-writer.ts");
    const writer = Bun.spawn([process.execPath, program, path, String(total), "40000", "100", compression]);
    expect(await writer.exited).toBe(0);
    follower.end();
    const lines = (await follower.finished).trimEnd().split("\n");
    expect(lines.length).toBe(total);
    expect(lines.findIndex((line, index) => line !== `line ${index}`)).toBe(-1);
  });

  test(`reading while another process rotates (${compression}) gives a run of lines without a gap`, async () => {
    const path = freshPath();
    writeFileSync(path, "");
    const program = join(import.meta.dir, "../programs/log-writer.ts");
    await using writer = Bun.spawn([process.execPath, program, path, "20000", "20000", "200", compression]);
    let last = 0;
    for (let ended = false; !ended; ) {
      ended = writer.exitCode !== null;
      const text = (await readLog(logReaderFor("json-file"), path)).toString();
      const lines = text === "" ? [] : text.trimEnd().split("\n");
      expect(lines.findIndex((line, index) => line !== `line ${index}`)).toBe(-1);
      expect(lines.length).toBeGreaterThanOrEqual(last);
      last = lines.length;
    }
    expect(last).toBe(20_000);
  }, 20_000);
}

test("what was written before the end is read after the end", async () => {
  const path = freshPath();
  writeFileSync(path, "");
  const follower = follow("json-file", path);
  appendFileSync(path, jsonLine("last words\n"));
  follower.end();
  expect(await follower.finished).toBe("last words\n");
});

test("an aborted follower ends at once, with or without lines", async () => {
  const path = freshPath();
  writeFileSync(path, jsonLine("x\n"));
  const follower = follow("json-file", path);
  await follower.until("x\n");
  follower.abort();
  expect(await follower.finished).toBe("x\n");
});

test("a follower with an end in time finishes then, although nothing is written", async () => {
  const path = freshPath();
  writeFileSync(path, jsonLine("x\n", { time: new Date().toISOString() }));
  const follower = follow("json-file", path, { until: BigInt(Date.now() + 50) * 1_000_000n });
  expect(await follower.finished).toBe("x\n");
});

test("reading goes no further than the reader asks for", async () => {
  const path = freshPath();
  writeFileSync(path, jsonLine(`${"m".repeat(1000)}\n`).repeat(30_000));
  const stream = logReaderFor("json-file").read(path, allLines, false, {
    follow: false,
    ended: Promise.resolve(),
    signal: new AbortController().signal,
  });
  const reader = stream.getReader();
  let total = (await reader.read()).value?.length ?? 0;
  expect(total).toBeGreaterThan(0);
  truncateSync(path);
  for (let next = await reader.read(); !next.done; next = await reader.read()) total += next.value.length;
  // Of 30 MB, only what was under way when the file was emptied.
  expect(total).toBeLessThan(1024 * 1024);
});
