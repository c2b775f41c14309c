import { type BigIntStats, constants, ftruncateSync, read as readFile, writeSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { promisify } from "node:util";
import { closeFd, fdPath, openInRoot } from "../../../sys/rooted-path.ts";

const readAsync = promisify(readFile);
/** Pieces of this size that are all zero stay holes. */
const pieceSize = 1 << 16;
const zeros = new Uint8Array(pieceSize);

/** The bytes of a file of an open directory into a new one: by the kernel, shared where the disk can. */
export async function copyData(dir: number, name: string, stats: BigIntStats, target: number): Promise<void> {
  if (stats.size === 0n) return;
  const source = openInRoot(dir, name, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const isSparse = stats.blocks * 512n < stats.size && stats.size > BigInt(pieceSize);
    if (isSparse) await copySparse(source, target, Number(stats.size));
    else await copyFile(fdPath(source), fdPath(target));
  } finally {
    closeFd(source);
  }
}

async function copySparse(source: number, target: number, size: number): Promise<void> {
  const buffer = new Uint8Array(1 << 20);
  for (let at = 0; at < size; ) {
    const { bytesRead } = await readAsync(source, buffer, 0, buffer.length, at);
    if (bytesRead === 0) break;
    for (let piece = 0; piece < bytesRead; piece += pieceSize) {
      const bytes = buffer.subarray(piece, Math.min(piece + pieceSize, bytesRead));
      if (Buffer.compare(bytes, zeros.subarray(0, bytes.length)) === 0) continue;
      for (let done = 0; done < bytes.length; )
        done += writeSync(target, bytes, done, bytes.length - done, at + piece + done);
    }
    at += bytesRead;
  }
  ftruncateSync(target, size);
}
