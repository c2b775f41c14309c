import { createReadStream } from "node:fs";
import { ByteSource } from "../../../lib/byte-source.ts";
import { decompressed } from "../../../lib/compress.ts";
import { blockSize } from "../../../lib/tar/entry.ts";
import { parseHeaderBlock } from "../../../lib/tar/header-block.ts";
import { decompressWithTool } from "../../../sys/decompress-tool.ts";
import { closeFd, fdPath, openFileInRoot } from "../../../sys/rooted-path.ts";

/** Whether a file of a tree is a tar, plain or compressed. Only its content is asked, as Docker does. */
export async function isArchive(root: number, path: string): Promise<boolean> {
  const source = new ByteSource(archiveBytes(root, path));
  try {
    const head = await source.peek(blockSize);
    if (head.length < blockSize) return false;
    parseHeaderBlock(head);
    return true;
  } catch {
    // Compressed, but broken or something else: it is copied as it is.
    return false;
  } finally {
    await source.close();
  }
}

/** The plain bytes of a tar. */
export async function* archiveBytes(root: number, path: string): AsyncGenerator<Uint8Array> {
  const fd = openFileInRoot(root, path);
  try {
    yield* (await decompressed(createReadStream(fdPath(fd)), decompressWithTool)).stream;
  } finally {
    closeFd(fd);
  }
}
