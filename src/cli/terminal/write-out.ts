import { writeSync } from "node:fs";

/** What SIGPIPE ends has this code. */
export const brokenPipe = 141;
/** Blocking: waits this many milliseconds for a reader of a pipe that does not block by itself. */
const pause = 2;
const clock = new Int32Array(new SharedArrayBuffer(4));

/**
 * Writes all of it before it returns, so that nothing is lost when the program ends. Costs
 * nothing at the start, where `process.stdout` takes longer to make than many commands to run.
 * When nobody reads any more the program ends as other programs do on SIGPIPE.
 */
export function writeOut(fd: number, data: string | Uint8Array): void {
  const bytes = typeof data === "string" ? Buffer.from(data) : data;
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if (code === "EAGAIN") Atomics.wait(clock, 0, 0, pause);
      else if (code === "EPIPE") process.exit(brokenPipe);
      // The terminal is gone; what SIGHUP ends has this code.
      else if (code === "EIO") process.exit(129);
      else throw error;
    }
  }
}
