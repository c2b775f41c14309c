import type { BlobInfo, ContentStore } from "../content/content-store.ts";
import { ByteSource, type ByteStream } from "../lib/byte-source.ts";
import { decompressed, detectCompression } from "../lib/compress.ts";
import type { Digest } from "../oci/digest.ts";
import { mediaTypes } from "../oci/manifest.ts";
import { decompressWithTool } from "../sys/decompress-tool.ts";
import type { PinGroup } from "./pins.ts";

/**
 * The media type of a layer by its bytes: a docker-archive does not say how its layers are
 * compressed. Undefined for compressions that manifests have no type for.
 */
export async function layerKind(digest: Digest, content: ContentStore): Promise<string | undefined> {
  const [head] = await Array.fromAsync(content.open(digest, { offset: 0, length: 6 }));
  const compression = detectCompression(head ?? new Uint8Array(0));
  switch (compression) {
    case "gzip":
      return mediaTypes.ociLayerGzip;
    case "zstd":
      return mediaTypes.ociLayerZstd;
    case "none":
      return mediaTypes.ociLayer;
    case "bzip2":
    case "xz":
      return undefined;
  }
  return compression satisfies never;
}

/** A layer as it can be stored: as it comes, or plain when manifests have no type for its compression. */
export async function storable(layer: ByteStream): Promise<AsyncIterable<Uint8Array>> {
  const source = new ByteSource(layer);
  const compression = detectCompression(await source.peek(6));
  return compression === "xz" || compression === "bzip2" ? decompressWithTool(source, compression) : source;
}

/** A layer as a plain tar in the content store, whatever it was compressed with. */
export async function plainLayer(
  layer: ByteStream,
  content: ContentStore,
  pins: PinGroup,
): Promise<BlobInfo> {
  await using writer = await content.ingest(`plain-${crypto.randomUUID()}`);
  try {
    const { stream } = await decompressed(layer, decompressWithTool);
    for await (const chunk of stream) await writer.write(chunk);
    const blob = await writer.commit();
    pins.add(blob.digest);
    return blob;
  } catch (error) {
    await writer.abort();
    throw error;
  }
}
