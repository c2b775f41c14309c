import { statSync } from "node:fs";
import type { Session } from "../../session.ts";
import { composeGroup } from "../group-flags.ts";

/** Read by the runtime at the start of a process, and never again. */
const setting = "BUN_JSC_useDFGJIT";

/** In bytes. Below it a second start costs more than it gives back. */
const large = 30_000;

const usualNames = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

/**
 * Reading a large file takes a tenth of a second, and the optimizing compiler of the runtime burns
 * as much again beside it on code that is over before it pays. It can only be left out by starting
 * once more: two thirds of the processor's time for 2,000 lines. Does not return then.
 */
export function startAnewForLargeFiles(session: Session): void {
  if (process.env[setting] !== undefined) {
    // It is nobody's business but the runtime's: files are not to be expanded from it.
    delete process.env[setting];
    return;
  }
  if (!import.meta.url.startsWith("file:///$bunfs/") || sizeOf(process.execPath) === 0) return;
  const { file } = composeGroup(session);
  // Only files that can be read twice have a size.
  const bytes = (file.length > 0 ? file : usualNames).reduce((sum, name) => sum + sizeOf(name), 0);
  if (bytes < large) return;
  const env = Object.entries(process.env).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value]],
  );
  process.execve?.(process.execPath, [process.argv0, ...process.argv.slice(2)], {
    ...Object.fromEntries(env),
    [setting]: "0",
  });
}

const sizeOf = (file: string) => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
