import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Writes a program into a folder and gives its path. The name carries the content's hash: an
 * engine of another version never finds a wrong one, and a file that is there is complete
 * (written aside, then renamed). Other versions are removed.
 */
export function installProgram(folder: string, name: string, content: Uint8Array): string {
  const digest = createHash("sha256").update(content).digest("hex").slice(0, 16);
  const file = `${name}-${digest}`;
  const path = join(folder, file);
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true, mode: 0o711 });
    const fresh = `${path}.${process.pid}`;
    writeFileSync(fresh, content);
    chmodSync(fresh, 0o755);
    renameSync(fresh, path);
  }
  for (const other of readdirSync(folder)) {
    // Processes that run one keep its file open: removing the name takes nothing from them.
    if (other.startsWith(`${name}-`) && other !== file) rmSync(join(folder, other), { force: true });
  }
  return path;
}
