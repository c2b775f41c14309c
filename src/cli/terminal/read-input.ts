import { read } from "node:fs";
import { standardInput } from "./tty.ts";

/** `node:util` could wrap it too, but takes a millisecond to come. */
const readSome = (fd: number, buffer: Buffer) =>
  new Promise<number>((resolve, reject) =>
    read(fd, buffer, 0, buffer.length, null, (error, count) => (error ? reject(error) : resolve(count))),
  );

/** Milliseconds until an input that does not block is asked again. */
const pause = 10;

/**
 * Bytes of standard input as they come, from a terminal, a pipe or a file. Whoever stops
 * reading leaves one read behind that waits for a last byte: the program ends all the same,
 * since `main` ends it.
 */
export async function* readInput(fd: number = standardInput): AsyncGenerator<Uint8Array> {
  for (;;) {
    const buffer = Buffer.allocUnsafe(32 * 1024);
    let count: number;
    try {
      count = await readSome(fd, buffer);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if (code === "EAGAIN") {
        await Bun.sleep(pause);
        continue;
      }
      // The terminal is gone, or belongs to the foreground job only.
      if (code === "EIO") return;
      throw error;
    }
    if (count === 0) return;
    yield buffer.subarray(0, count);
  }
}
