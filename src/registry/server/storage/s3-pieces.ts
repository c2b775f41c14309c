import type { UploadKey } from "./registry-storage.ts";
import type { S3Objects } from "./s3-objects.ts";

/** Part of an upload or a blob; an object of its own. */
export interface Piece {
  readonly offset: number;
  readonly size: number;
}

export interface BlobIndex {
  readonly size: number;
  /** The upload that brought it; its data is below this name. */
  readonly upload: UploadKey;
  readonly pieces: readonly Piece[];
}

export function dataFolder(key: UploadKey): string {
  return `data/${key}/`;
}

/** Sixteen digits: names sort as their offsets do. */
export function pieceKey(key: UploadKey, offset: number): string {
  return `${dataFolder(key)}${String(offset).padStart(16, "0")}`;
}

/** The pieces of an upload as far as they follow each other without a gap. */
export async function listPieces(objects: S3Objects, key: UploadKey): Promise<Piece[]> {
  const pieces: Piece[] = [];
  let end = 0;
  for await (const { key: path, size } of objects.list(dataFolder(key), true)) {
    const offset = Number(path.slice(dataFolder(key).length));
    if (offset !== end) break;
    pieces.push({ offset, size });
    end += size;
  }
  return pieces;
}
