import { expect, test } from "bun:test";
import { gunzipSync } from "node:zlib";
import { gzipped } from "./gzip.ts";

async function* chunks(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const compress = async (bytes: Uint8Array, size: number, threads: number) =>
  Buffer.concat(await Array.fromAsync(gzipped(chunks(bytes, size), { threads })));

/** Text that repeats over block borders, so that dictionaries matter. */
function sample(length: number): Uint8Array {
  const bytes = Buffer.alloc(length);
  for (let at = 0, word = 1; at < length; word = (word * 1103515245 + 12345) & 0x7fffffff)
    at += bytes.write(`${word % 9973} `, at, "latin1");
  return bytes;
}

test.each([0, 1, 1 << 20, (1 << 20) + 1, 3_500_000])(
  "gzip of %d bytes is undone by gunzip",
  async (length) => {
    const bytes = sample(length);
    const packed = await compress(bytes, 70_000, 2);
    expect(Buffer.compare(gunzipSync(packed), bytes)).toBe(0);
    if (length > 100) expect(packed.length).toBeLessThan(length / 2);
  },
);

test("the result depends on the bytes alone, not on chunks or threads", async () => {
  const bytes = sample(2_500_000);
  const one = await compress(bytes, 1000, 1);
  expect(Buffer.compare(one, await compress(bytes, 1 << 20, 4))).toBe(0);
});

test("a failing source ends it with its error", async () => {
  const failing = (async function* () {
    yield sample(3 << 20);
    throw new Error("gone");
  })();
  await expect(Array.fromAsync(gzipped(failing))).rejects.toThrow("gone");
});
