import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readCaches } from "./local-caches.ts";

const directory = mkdtempSync(join(tmpdir(), "hull-local-caches-"));
afterAll(() => rmSync(directory, { recursive: true }));

test("a cache takes the place of nothing but a cache", () => {
  const to = `type=local,dest=${directory}`;
  expect(readCaches([to], "dest").local).toEqual([{ name: "cache-dest-0", directory }]);
  mkdirSync(join(directory, "blobs"));
  writeFileSync(join(directory, "index.json"), "{}");
  expect(readCaches([to], "dest").local).toHaveLength(1);
  writeFileSync(join(directory, "thesis.txt"), "");
  expect(() => readCaches([to], "dest")).toThrow('"thesis.txt" in it would be lost');
  expect(readCaches([`type=local,src=${directory}`], "src").local).toHaveLength(1);
});

test("options nobody honours are refused", () => {
  expect(() => readCaches(["type=local,dest=x,compression=zstd"], "dest")).toThrow(
    'the option "compression" of cache "type=local,dest=x,compression=zstd" is not supported',
  );
});
