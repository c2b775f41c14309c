import { ByteSource } from "../../lib/byte-source.ts";
import { decompressed, detectCompression } from "../../lib/compress.ts";
import type { TarType } from "../../lib/tar/entry.ts";
import { TarReader } from "../../lib/tar/tar-reader.ts";

/** One file as a layer has it. */
export interface LayerEntry {
  /** Without a slash at either end; empty for the root. */
  readonly path: string;
  readonly type: TarType;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of a plain file, zero for all others. */
  readonly size: number;
  readonly linkTarget?: string;
}

/** The files of a layer; contents are read over, never kept. */
export async function readLayerEntries(stream: AsyncIterable<Uint8Array>): Promise<LayerEntry[]> {
  const source = new ByteSource(stream);
  const compression = detectCompression(await source.peek(6));
  const tar = new TarReader(compression === "none" ? source : (await decompressed(copies(source))).stream);
  const entries: LayerEntry[] = [];
  for (let entry = await tar.next(); entry; entry = await tar.next()) {
    entries.push({
      path: entry.path
        .replace(/^(?:\.?\/)+/, "")
        .replace(/\/+$/, "")
        .replace(/^\.$/, ""),
      type: entry.type,
      mode: entry.mode,
      uid: entry.uid,
      gid: entry.gid,
      size: entry.type === "file" ? entry.size : 0,
      ...(entry.linkTarget !== undefined && { linkTarget: entry.linkTarget }),
    });
  }
  await tar.drain();
  return entries;
}

/** A decompressor keeps pieces longer than they are valid. */
async function* copies(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const bytes of source) yield bytes.slice();
}
