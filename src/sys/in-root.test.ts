import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readInRoot } from "./in-root.ts";

const base = mkdtempSync(join(tmpdir(), "hull-in-root-"));
const root = join(base, "root");
afterAll(() => rmSync(base, { recursive: true, force: true }));
mkdirSync(join(root, "etc"), { recursive: true });
mkdirSync(join(root, "directory"));
writeFileSync(join(base, "secret"), "outside");
writeFileSync(join(root, "etc/passwd"), "inside");
symlinkSync("/etc/passwd", join(root, "absolute"));
symlinkSync("../../../../secret", join(root, "upward"));
symlinkSync("/proc/self/root/etc/passwd", join(root, "magic"));

const text = (path: string) => readInRoot(root, path)?.toString();

test("readInRoot follows links inside the root", () => {
  expect(text("/etc/passwd")).toBe("inside");
  expect(text("/absolute")).toBe("inside");
  expect(text("/../../etc/passwd")).toBe("inside");
});

test("readInRoot never leaves the root", () => {
  expect(text("/upward")).toBeUndefined();
  expect(text("/../secret")).toBeUndefined();
  expect(text("/magic")).toBeUndefined();
});

test("readInRoot gives nothing for what is no file, and no more than asked for", () => {
  expect(text("/directory")).toBeUndefined();
  expect(text("/missing")).toBeUndefined();
  expect(readInRoot(root, "/etc/passwd", 3)?.toString()).toBe("ins");
});
