import { afterEach, beforeEach, expect, test } from "bun:test";
import { constants, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  closeFd,
  existsInRoot,
  fdPath,
  makeDirectoriesInRoot,
  openFileInRoot,
  openInRoot,
  openRoot,
  realPathInRoot,
  statInRoot,
  withFd,
} from "./rooted-path.ts";

let outside = "";
let root = "";
beforeEach(() => {
  outside = mkdtempSync(join(tmpdir(), "hull-rooted-"));
  root = join(outside, "root");
  mkdirSync(join(root, "etc"), { recursive: true });
  writeFileSync(join(outside, "secret"), "host");
  writeFileSync(join(root, "etc/passwd"), "container");
});
afterEach(() => rmSync(outside, { recursive: true, force: true }));

const readIn = (path: string) => withFd(openFileInRoot(root, path), (fd) => readFileSync(fdPath(fd), "utf8"));

test("absolute links and .. resolve inside the root", () => {
  symlinkSync("/etc/passwd", join(root, "absolute"));
  symlinkSync("../../../../etc/passwd", join(root, "etc/dots"));
  expect(readIn("/absolute")).toBe("container");
  expect(readIn("etc/dots")).toBe("container");
  expect(readIn("../../etc/passwd")).toBe("container");
  expect(realPathInRoot(root, "/absolute")).toBe("/etc/passwd");
  expect(realPathInRoot(root, "..")).toBe("/");
});

test("a link to a host path does not leave the root", () => {
  symlinkSync(join(outside, "secret"), join(root, "leak"));
  symlinkSync("../secret", join(root, "leak2"));
  expect(() => readIn("leak")).toThrow("ENOENT");
  expect(() => readIn("leak2")).toThrow("ENOENT");
  expect(existsInRoot(root, "leak")).toBe(false);
  expect(statInRoot(root, "leak", { follow: false })?.isSymbolicLink()).toBe(true);
});

test("makeDirectoriesInRoot follows links inside and never makes a directory outside", () => {
  symlinkSync(outside, join(root, "out"));
  symlinkSync("/etc", join(root, "conf"));
  closeFd(makeDirectoriesInRoot(root, "conf/a/b"));
  expect(statInRoot(root, "/etc/a/b", { follow: false })?.isDirectory()).toBe(true);
  expect(() => makeDirectoriesInRoot(root, "out/made")).toThrow();
  expect(existsInRoot(outside, "made")).toBe(false);
});

test("magic links of /proc are refused", () => {
  const fd = openRoot("/");
  expect(() => openInRoot(fd, "/proc/self/root/etc", constants.O_RDONLY)).toThrow("ELOOP");
  closeFd(fd);
});

test("a device or FIFO is not opened as a file", () => {
  expect(() => openFileInRoot("/dev", "null")).toThrow("not a regular file");
});
