import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { EngineError } from "../errors/engine-error.ts";
import { bindLibc, errno, errnoName, kernelError } from "./libc.ts";

const libc = bindLibc({ flock: { args: ["int", "int"], returns: "int" } });

const LOCK_EX = 2;
const LOCK_NB = 4;

/** Held until `release` or the end of the process, whichever way it ends. */
export interface FileLock {
  readonly path: string;
  release(): void;
}

/** Somebody else holds the lock. */
export class FileLockHeld extends EngineError {
  /** Pid the holder wrote into the file; undefined when it wrote none. */
  readonly holder: number | undefined;

  constructor(path: string, holder: number | undefined) {
    super("conflict", `lock ${JSON.stringify(path)}: held by process ${holder ?? "unknown"}`);
    this.holder = holder;
  }
}

/**
 * Takes the lock of a file, making the file if it is missing, and writes our pid into it.
 * The kernel drops the lock with the process, so a stale file never keeps anybody out.
 * Node opens with O_CLOEXEC: no child inherits the lock.
 */
export function lockFile(path: string): FileLock {
  const fd = openSync(path, "a+", 0o600);
  if (libc().flock(fd, LOCK_EX | LOCK_NB) < 0) {
    const code = errno();
    const holder = Number(readFileSync(path, "utf8").trim()) || undefined;
    closeSync(fd);
    if (errnoName(code) === "EAGAIN" || errnoName(code) === "EWOULDBLOCK")
      throw new FileLockHeld(path, holder);
    throw kernelError(`lock ${JSON.stringify(path)}`, code);
  }
  ftruncateSync(fd, 0);
  writeSync(fd, `${process.pid}\n`);
  let held = true;
  return {
    path,
    release() {
      if (held) closeSync(fd);
      held = false;
    },
  };
}
