import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { LogTarget } from "../../src/runtime/runtime.ts";
import { installedRuntimes, Lab } from "./runtime-fixture.ts";

/* Logs are the shim's: one runtime is enough to fill them. */
const runtime = installedRuntimes.at(-1) ?? "runc";

/** What a log holds after a container has written some bytes to stdout. */
async function logged(bytes: Buffer, log: Partial<LogTarget> = {}, redirect = ""): Promise<Buffer> {
  await using lab = new Lab(runtime);
  writeFileSync(join(lab.rootfs, "tmp/bytes"), bytes);
  const options = lab.options(["sh", "-c", `cat /tmp/bytes ${redirect}`], { log });
  const task = await lab.start(options);
  await task.started;
  await task.exited;
  return readFileSync(options.log.path);
}

const entries = (log: Buffer) =>
  log
    .toString()
    .trimEnd()
    .split("\n")
    .map((line): { log: string; stream: string; time: string; attrs?: unknown } => JSON.parse(line));

describe("json-file log", () => {
  test("is Docker's line, byte by byte", async () => {
    const log = (await logged(Buffer.from("hello\n"), { attrs: '"attrs":{"a":"b"}' }, ">&2")).toString();
    expect(log).toMatch(
      /^\{"log":"hello\\n","stream":"stderr","attrs":\{"a":"b"\},"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}Z"\}\n$/,
    );
  });

  test("escapes as Go does", async () => {
    const log = await logged(Buffer.from('<a href="x">&\\\t\r\u0001\u007f ü \u2028\u2029 😀\n'));
    expect(log.toString()).toContain(
      '{"log":"\\u003ca href=\\"x\\"\\u003e\\u0026\\\\\\u0009\\r\\u0001\u007f ü \\u2028\\u2029 😀\\n"',
    );
  });

  test("invalid UTF-8 becomes U+FFFD, a byte at a time", async () => {
    const bad = Buffer.from([0x61, 0xff, 0xc3, 0x28, 0xe2, 0x82, 0xed, 0xa0, 0x80, 0xf5, 0xc0, 0x80, 0x0a]);
    const [entry] = entries(await logged(bad));
    expect(entry?.log).toBe("a\ufffd\ufffd(\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\n");
  });

  test("splits lines at 16 KiB and marks the rest by the missing newline", async () => {
    const log = entries(await logged(Buffer.from(`${"x".repeat(40_000)}\nshort\nlast`)));
    expect(log.map((entry) => entry.log.length)).toEqual([16384, 16384, 7233, 6, 4]);
    expect(log.map((entry) => entry.log.endsWith("\n"))).toEqual([false, false, true, true, false]);
    expect(new Set(log.slice(0, 3).map((entry) => entry.time)).size).toBe(1);
  });

  test("a line of exactly 16 KiB is a piece and an empty rest", async () => {
    const log = entries(await logged(Buffer.from(`${"x".repeat(16384)}\n`)));
    expect(log.map((entry) => entry.log)).toEqual(["x".repeat(16384), "\n"]);
  });

  test("goes on after what an earlier run wrote", async () => {
    await using lab = new Lab(runtime);
    const options = lab.options(["echo", "again"]);
    writeFileSync(options.log.path, '{"log":"before\\n","stream":"stdout","time":"2026-01-01T00:00:00Z"}\n');
    await (await lab.start(options)).exited;
    expect(entries(readFileSync(options.log.path)).map((entry) => entry.log)).toEqual([
      "before\n",
      "again\n",
    ]);
  });
});

describe("rotation", () => {
  const many = Buffer.from(Array.from({ length: 20_000 }, (_, at) => `line ${at}\n`).join(""));

  test("by size and count, nothing lost at the seams", async () => {
    await using lab = new Lab(runtime);
    writeFileSync(join(lab.rootfs, "tmp/bytes"), many);
    const options = lab.options(["cat", "/tmp/bytes"], { log: { maxBytes: 300_000, maxFiles: 3 } });
    await (await lab.start(options)).exited;
    const { path } = options.log;
    expect(existsSync(`${path}.3`)).toBe(false);
    const all = Buffer.concat([readFileSync(`${path}.2`), readFileSync(`${path}.1`), readFileSync(path)]);
    const numbers = entries(all).map((entry) => Number(entry.log.slice(5)));
    const first = numbers[0] ?? 0;
    expect(numbers).toEqual(Array.from({ length: 20_000 - first }, (_, at) => first + at));
    for (const name of [`${path}.2`, `${path}.1`]) {
      expect(statSync(name).size).toBeGreaterThanOrEqual(300_000);
      expect(statSync(name).size).toBeLessThan(301_000);
    }
  });

  test("to a single file begins again", async () => {
    await using lab = new Lab(runtime);
    writeFileSync(join(lab.rootfs, "tmp/bytes"), many);
    const options = lab.options(["cat", "/tmp/bytes"], { log: { maxBytes: 100_000, maxFiles: 1 } });
    await (await lab.start(options)).exited;
    expect(statSync(options.log.path).size).toBeLessThan(101_000);
    expect(existsSync(`${options.log.path}.1`)).toBe(false);
    expect(entries(readFileSync(options.log.path)).at(-1)?.log).toBe("line 19999\n");
  });

  test("compresses the rotated files, under a burst too", async () => {
    await using lab = new Lab(runtime);
    writeFileSync(join(lab.rootfs, "tmp/bytes"), many);
    const options = lab.options(["sh", "-c", "for i in 1 2 3 4 5; do cat /tmp/bytes; done; sleep 0.3"], {
      log: { maxBytes: 1_000_000, maxFiles: 30, compress: true },
    });
    await (await lab.start(options)).exited;
    const { path } = options.log;
    const parts = [readFileSync(path)];
    for (let number = 1; number < 30; number++) {
      if (existsSync(`${path}.${number}.gz`)) parts.unshift(gunzipSync(readFileSync(`${path}.${number}.gz`)));
      else if (existsSync(`${path}.${number}`)) parts.unshift(readFileSync(`${path}.${number}`));
    }
    expect(parts.length).toBeGreaterThan(3);
    expect(existsSync(`${path}.1.gz`)).toBe(true);
    const lines = entries(Buffer.concat(parts)).map((entry) => entry.log);
    expect(lines.length).toBe(100_000);
    expect(lines[0]).toBe("line 0\n");
    expect(lines.at(-1)).toBe("line 19999\n");
  });
});

describe("local log", () => {
  /** length, message, length again; fields of the message by number. */
  function records(log: Buffer): Map<number, Buffer | bigint>[] {
    const found: Map<number, Buffer | bigint>[] = [];
    for (let at = 0; at < log.length; ) {
      const size = log.readUInt32BE(at);
      expect(log.readUInt32BE(at + 4 + size)).toBe(size);
      found.push(fields(log.subarray(at + 4, at + 4 + size)));
      at += size + 8;
    }
    return found;
  }

  function fields(message: Buffer): Map<number, Buffer | bigint> {
    const found = new Map<number, Buffer | bigint>();
    let at = 0;
    const varint = () => {
      let value = 0n;
      for (let shift = 0n; ; shift += 7n) {
        const byte = message[at++] ?? 0;
        value |= BigInt(byte & 127) << shift;
        if (byte < 128) return value;
      }
    };
    while (at < message.length) {
      const tag = Number(varint());
      if ((tag & 7) === 0) found.set(tag >> 3, varint());
      else {
        const length = Number(varint());
        found.set(tag >> 3, message.subarray(at, at + length));
        at += length;
      }
    }
    return found;
  }

  test("is Docker's framing of its protobuf entries", async () => {
    const before = BigInt(Date.now() - 1000) * 1_000_000n;
    const [one, two, three, ...rest] = records(
      await logged(Buffer.from(`one\n${"y".repeat(20_000)}\n`), { driver: "local" }),
    );
    expect(rest).toEqual([]);
    expect(one?.get(1)?.toString()).toBe("stdout");
    expect(one?.get(2)).toBeGreaterThan(before);
    expect(one?.get(3)?.toString()).toBe("one");
    expect(one?.has(4)).toBe(false);
    expect(two?.get(3)).toHaveLength(16384);
    expect(two?.get(4)).toBe(1n);
    expect(three?.get(3)).toHaveLength(20_000 - 16384);
    const meta = [two, three].map((record) => fields(record?.get(5) as Buffer));
    expect(meta[0]?.get(2)).toEqual(meta[1]?.get(2) as Buffer);
    expect(meta.map((m) => [m.get(1), m.get(3)])).toEqual([
      [undefined, 1n],
      [1n, 2n],
    ]);
  });
});

describe("a log that cannot be written", () => {
  test("does not hurt the container", async () => {
    await using lab = new Lab(runtime);
    const options = lab.options(["sh", "-c", "seq 1 100000; exit 4"], { log: { path: "/dev/full" } });
    expect((await (await lab.start(options)).exited).code).toBe(4);
    const nowhere = lab.options(["sh", "-c", "seq 1 100000; exit 4"], {
      log: { path: "/no/such/directory/log" },
    });
    expect((await (await lab.start(nowhere)).exited).code).toBe(4);
  });
});
