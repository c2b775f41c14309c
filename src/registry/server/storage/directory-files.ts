import { constants } from "node:fs";
import { type FileHandle, mkdir, open, rename, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import type { Pieces } from "./registry-storage.ts";

/** Makes a rename or a new name in this directory last. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** With all folders above it that are missing; each new name is made to last. */
export async function makeDirectory(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let made = path; made.length >= first.length; made = dirname(made)) await syncDirectory(dirname(made));
}

/** Puts a file in place, by way of a synced one aside: whole or absent, also after a power cut. */
export async function putFile(path: string, aside: string, bytes: Uint8Array): Promise<void> {
  const file = await open(aside, "wx", 0o600);
  try {
    await file.writeFile(bytes);
    await file.datasync();
  } finally {
    await file.close();
  }
  await moveInto(aside, path);
}

/** Renames, makes the folder when it is missing, and syncs it. */
export async function moveInto(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!isMissing(error)) throw error;
    await makeDirectory(dirname(to));
    await rename(from, to);
  }
  await syncDirectory(dirname(to));
}

/** False when there was no such file. */
export async function removeFile(path: string): Promise<boolean> {
  try {
    await unlink(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

export function isFull(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return code === "ENOSPC" || code === "EDQUOT";
}

export function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return code === "ENOENT" || code === "ENOTDIR";
}

const pieceSize = 1 << 18;

/**
 * Reads a file in pieces through two buffers: while one is on its way out, the next is being
 * filled. Measured with 200 MB over loopback, this is as fast as sendfile and twice as fast as
 * a stream with a fresh buffer a piece.
 */
export async function* readPieces(path: string, offset: number, end: number): Pieces {
  if (offset >= end) return;
  const file = await open(path, constants.O_RDONLY);
  let ahead: Promise<number> | undefined;
  try {
    const buffers = [new Uint8Array(pieceSize), new Uint8Array(pieceSize)] as const;
    let at = offset;
    let turn = 0;
    ahead = fill(file, buffers[0], at, end);
    for (;;) {
      const count = await ahead;
      ahead = undefined;
      if (count === 0) return;
      const mine = buffers[turn === 0 ? 0 : 1];
      turn = 1 - turn;
      at += count;
      if (at < end) {
        ahead = fill(file, buffers[turn === 0 ? 0 : 1], at, end);
        ahead.catch(() => {});
      }
      yield mine.subarray(0, count);
      if (!ahead) return;
    }
  } finally {
    await ahead?.catch(() => {});
    await file.close();
  }
}

async function fill(file: FileHandle, buffer: Uint8Array, at: number, end: number): Promise<number> {
  const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, end - at), at);
  return bytesRead;
}
