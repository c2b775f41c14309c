import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BuildCacheTable } from "../records/build-cache.ts";
import { CacheMounts } from "./cache-mounts.ts";

const directory = mkdtempSync(join(tmpdir(), "hull-cache-mounts-"));
afterAll(() => rmSync(directory, { recursive: true }));

const table = { atPlace: () => [], put: () => {}, used: () => {} } as unknown as BuildCacheTable;
const mounts = new CacheMounts(table, directory);
const wish = { id: "x", sharing: "locked", uid: 0, gid: 0, mode: 0o755, fill: async () => {} } as const;

test("nobody waits for a locked mount whose build has ended already", async () => {
  await expect(mounts.acquire([wish], AbortSignal.abort(new Error("gone")))).rejects.toThrow("gone");
  await using leases = await mounts.acquire([wish], new AbortController().signal);
  expect(leases.paths[0]).toStartWith(directory);
});

test("a mount that could not be filled leaves no directory, and keeps nobody waiting", async () => {
  const before = readdirSync(join(directory, "mounts"));
  const fill = async () => {
    throw new Error("disk full");
  };
  const { signal } = new AbortController();
  await expect(mounts.acquire([{ ...wish, fill }], signal)).rejects.toThrow("disk full");
  expect(readdirSync(join(directory, "mounts"))).toEqual(before);
  await using _ = await mounts.acquire([wish], signal);
});
