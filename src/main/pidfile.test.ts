import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writePidFile } from "./pidfile.ts";

const directory = mkdtempSync(join(tmpdir(), "hull-pidfile-"));
afterAll(() => rmSync(directory, { recursive: true }));

describe("writePidFile()", () => {
  test("writes our pid and takes it back", () => {
    const path = join(directory, "deep", "engine.pid");
    const remove = writePidFile(path);
    expect(readFileSync(path, "utf8")).toBe(String(process.pid));
    remove();
    expect(existsSync(path)).toBe(false);
  });

  test("refuses the file of a living process by its pid", () => {
    const path = join(directory, "living.pid");
    writeFileSync(path, String(process.ppid));
    expect(() => writePidFile(path)).toThrow(`process with PID ${process.ppid} is still running`);
    expect(readFileSync(path, "utf8")).toBe(String(process.ppid));
  });

  test("replaces the file of a dead process", () => {
    const path = join(directory, "dead.pid");
    writeFileSync(path, "4194999");
    writePidFile(path);
    expect(readFileSync(path, "utf8")).toBe(String(process.pid));
  });

  test("leaves a file that another engine took over", () => {
    const path = join(directory, "taken.pid");
    const remove = writePidFile(path);
    writeFileSync(path, "1");
    remove();
    expect(readFileSync(path, "utf8")).toBe("1");
  });
});
