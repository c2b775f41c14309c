import { expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EngineError } from "../errors/engine-error.ts";
import { DiskBlobWriter } from "./blob-writer.ts";

test("a full disk is said in words, and is no bug of ours", async () => {
  const directory = mkdtempSync(join(tmpdir(), "blob-writer-"));
  try {
    const path = join(directory, "partial");
    symlinkSync("/dev/full", path);
    const writer = await DiskBlobWriter.open(
      path,
      () => join(directory, "blob"),
      () => {},
    );
    const piece = new Uint8Array(1 << 20);
    const writing = (async () => {
      await writer.write(piece);
      await writer.seal();
    })();
    const error = await writing.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(EngineError);
    expect((error as EngineError).message).toBe("store content: no space left on device");
    await writer.abort();
    expect(existsSync(path)).toBeFalse();
  } finally {
    rmSync(directory, { recursive: true });
  }
});
