import { unpackTar } from "../../images/unpack/unpack-tar.ts";
import type { ByteStream } from "../../lib/byte-source.ts";
import { decompressed } from "../../lib/compress.ts";
import { decompressWithTool } from "../../sys/decompress-tool.ts";

/** A client's tar, perhaps compressed, into a directory of the engine's. */
export async function unpackReceived(tar: ByteStream, directory: string, signal: AbortSignal): Promise<void> {
  const { stream } = await decompressed(tar, decompressWithTool);
  await unpackTar(stream, directory, { whiteouts: "none", rootAttributes: true, signal });
}
