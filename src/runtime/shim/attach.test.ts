import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openAttach } from "./attach.ts";

test("a process whose container was removed is not looked for in its folder", async () => {
  const directory = mkdtempSync(join(tmpdir(), "hull-attach-"));
  rmSync(directory, { recursive: true });
  const wish = { stdin: false, stdout: true, stderr: true };
  await expect(openAttach(directory, wish)).rejects.toThrow("its container was removed");
});
