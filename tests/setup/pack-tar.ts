import { epochSeconds, type TarEntry } from "../../src/lib/tar/entry.ts";
import { endOfArchive, formatHeader, paddingAfter } from "../../src/lib/tar/tar-writer.ts";

export interface PackedFile extends Partial<Omit<TarEntry, "size">> {
  readonly path: string;
  readonly content?: string | Uint8Array;
}

/** A tar archive in memory of a few small files. */
export function packTar(files: readonly PackedFile[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const { content = "", ...file } of files) {
    const bytes = Buffer.from(content);
    const entry = { type: "file", mode: 0o755, uid: 0, gid: 0, modified: epochSeconds(0), ...file } as const;
    parts.push(formatHeader({ ...entry, size: bytes.length }), bytes, paddingAfter(bytes.length));
  }
  return Buffer.concat([...parts, endOfArchive()]);
}
