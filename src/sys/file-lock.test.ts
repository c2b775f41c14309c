import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileLockHeld, lockFile } from "./file-lock.ts";

const directory = mkdtempSync(join(tmpdir(), "hull-lock-"));
afterAll(() => rmSync(directory, { recursive: true }));

describe("lockFile()", () => {
  test("writes the pid of the holder and names it to the second one", () => {
    const path = join(directory, "first");
    const lock = lockFile(path);
    expect(readFileSync(path, "utf8")).toBe(`${process.pid}\n`);
    let refusal: unknown;
    try {
      lockFile(path);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(FileLockHeld);
    expect((refusal as FileLockHeld).holder).toBe(process.pid);
    lock.release();
    lockFile(path).release();
  });

  test("ignores what a dead holder left in the file", () => {
    const path = join(directory, "stale");
    writeFileSync(path, "999999999\nmore");
    const lock = lockFile(path);
    expect(readFileSync(path, "utf8")).toBe(`${process.pid}\n`);
    lock.release();
  });

  test("is dropped by the kernel when the holder is killed", async () => {
    const path = join(directory, "killed");
    const program = `
      const { lockFile } = await import(${JSON.stringify(join(import.meta.dir, "file-lock.ts"))});
      lockFile(${JSON.stringify(path)});
      console.log("locked");
      setInterval(() => {}, 1000);`;
    const holder = Bun.spawn([process.execPath, "-e", program], { stdout: "pipe" });
    const reader = holder.stdout.getReader();
    await reader.read();
    expect(() => lockFile(path)).toThrow(`held by process ${holder.pid}`);
    holder.kill("SIGKILL");
    await holder.exited;
    lockFile(path).release();
  });
});
