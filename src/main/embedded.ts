import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import shimFile from "../../dist/hull-shim" with { type: "file" };

/**
 * Puts the shim that travels inside the executable where the kernel can run it, and gives
 * its path. The name carries the content's hash: an engine of another version beside it
 * never finds a wrong one, and a file that is there is complete (written aside, renamed).
 * It lives below the data root because /run is mounted noexec on many systems.
 */
export function extractShim(dataRoot: string): string {
  const content = readFileSync(shimFile);
  const digest = createHash("sha256").update(content).digest("hex").slice(0, 16);
  const directory = join(dataRoot, "bin");
  const name = `hull-shim-${digest}`;
  const path = join(directory, name);
  if (!existsSync(path)) {
    mkdirSync(directory, { recursive: true, mode: 0o711 });
    const fresh = `${path}.${process.pid}`;
    writeFileSync(fresh, content);
    chmodSync(fresh, 0o755);
    renameSync(fresh, path);
  }
  for (const other of readdirSync(directory)) {
    // Shims that run keep their file open: removing the name takes nothing from them.
    if (other.startsWith("hull-shim-") && other !== name) rmSync(join(directory, other), { force: true });
  }
  return path;
}
