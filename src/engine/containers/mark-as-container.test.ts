import { expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { markAsContainer } from "./mark-as-container.ts";

test("markAsContainer() makes the file once and never through a link", () => {
  const root = mkdtempSync(join(tmpdir(), "hull-mark-"));
  try {
    markAsContainer(root);
    markAsContainer(root);
    expect(existsSync(join(root, ".dockerenv"))).toBeTrue();
    rmSync(join(root, ".dockerenv"));
    symlinkSync(join(root, "elsewhere"), join(root, ".dockerenv"));
    markAsContainer(root);
    expect(existsSync(join(root, "elsewhere"))).toBeFalse();
  } finally {
    rmSync(root, { recursive: true });
  }
});
