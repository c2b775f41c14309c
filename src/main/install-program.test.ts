import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { installProgram } from "./install-program.ts";

const directory = mkdtempSync(join(tmpdir(), "hull-install-"));
afterAll(() => rmSync(directory, { recursive: true }));

describe("installProgram()", () => {
  test("writes an executable file once, under a name made from its content", () => {
    const folder = join(directory, "bin");
    const path = installProgram(folder, "shim", Buffer.from("one"));
    expect(readFileSync(path, "utf8")).toBe("one");
    expect(statSync(path).mode & 0o777).toBe(0o755);
    const inode = statSync(path).ino;
    expect(installProgram(folder, "shim", Buffer.from("one"))).toBe(path);
    expect(statSync(path).ino).toBe(inode);
  });

  test("removes other versions and leftovers of an interrupted write, nothing else", () => {
    const folder = join(directory, "bin");
    writeFileSync(join(folder, "other"), "");
    writeFileSync(join(folder, "shim-0000.123"), "half");
    const path = installProgram(folder, "shim", Buffer.from("two"));
    expect(readdirSync(folder).sort()).toEqual(["other", basename(path)].sort());
  });
});
