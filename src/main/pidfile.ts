import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { conflict } from "../errors/engine-error.ts";
import { processExists } from "../sys/process-exists.ts";

/**
 * Writes our pid for service managers and scripts. A file of a process that still lives is
 * refused in dockerd's manner; one whose process is gone is replaced. Gives the undo. An empty path means no file.
 */
export function writePidFile(path: string): () => void {
  if (path === "") return () => {};
  const other = readPid(path);
  if (other !== undefined && other !== process.pid && processExists(other)) {
    throw conflict(`process with PID ${other} is still running: pid file ${JSON.stringify(path)}`);
  }
  mkdirSync(dirname(path), { recursive: true });
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, String(process.pid), { mode: 0o644 });
  renameSync(fresh, path);
  return () => {
    if (readPid(path) === process.pid) rmSync(path, { force: true });
  };
}

function readPid(path: string): number | undefined {
  try {
    const text = readFileSync(path, "utf8").trim();
    return /^\d+$/.test(text) ? Number(text) : undefined;
  } catch {
    return undefined;
  }
}
