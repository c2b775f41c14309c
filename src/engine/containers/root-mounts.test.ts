import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ContainerId } from "../../records/container-record.ts";
import type { Snapshotter } from "../../snapshots/snapshotter.ts";
import { RootMounts } from "./root-mounts.ts";

let directory = "";
const calls: string[] = [];
const mounted = new Set<string>();

const snapshots = {
  mounts: async () => [{ type: "overlay", source: "overlay", options: [] }],
} as unknown as Snapshotter;
const kernel = {
  mountAll: (_: unknown, target: string) => {
    calls.push(`mount ${target.slice(directory.length)}`);
    mounted.add(target);
  },
  unmount: (target: string) => {
    calls.push(`unmount ${target.slice(directory.length)}`);
    return mounted.delete(target);
  },
};
const id = "a1" as ContainerId;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "hull-roots-"));
  calls.length = 0;
  mounted.clear();
});
afterEach(() => rmSync(directory, { recursive: true }));

test("RootMounts mounts for the first user and unmounts after the last", async () => {
  const roots = new RootMounts(directory, snapshots, kernel);
  await Promise.all([roots.acquire(id), roots.acquire(id)]);
  await roots.release(id);
  expect(calls).toEqual(["mount /rootfs/a1"]);
  await roots.release(id);
  expect(calls).toEqual(["mount /rootfs/a1", "unmount /rootfs/a1"]);
  expect(existsSync(join(directory, "rootfs/a1"))).toBe(false);
});

test("RootMounts.adopt() counts a mount it did not make", async () => {
  const roots = new RootMounts(directory, snapshots, kernel);
  roots.adopt(id);
  await roots.with(id, async () => {});
  expect(calls).toEqual([]);
});

test("RootMounts.repair() unmounts what is not wanted", async () => {
  for (const name of ["a1", "b2"]) {
    mkdirSync(join(directory, "rootfs", name), { recursive: true });
    mounted.add(join(directory, "rootfs", name));
  }
  const roots = new RootMounts(directory, snapshots, kernel);
  expect(await roots.repair((wanted) => wanted === "a1")).toEqual(["unmounted root of b2"]);
  expect([...mounted]).toEqual([join(directory, "rootfs/a1")]);
});
