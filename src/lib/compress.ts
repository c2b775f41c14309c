import type { Transform } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { EngineError, invalidArgument } from "../errors/engine-error.ts";
import { ByteSource, type ByteStream } from "./byte-source.ts";

export type Compression = "none" | "gzip" | "zstd" | "bzip2" | "xz";

/** By the first bytes; what is nothing known counts as not compressed. */
export function detectCompression(head: Uint8Array): Compression {
  const starts = (...bytes: number[]) => bytes.every((byte, index) => head[index] === byte);
  if (starts(0x1f, 0x8b)) return "gzip";
  if (starts(0x28, 0xb5, 0x2f, 0xfd)) return "zstd";
  if (starts(0x42, 0x5a, 0x68)) return "bzip2";
  if (starts(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00)) return "xz";
  return "none";
}

/** Formats this program cannot read by itself: whoever may start other programs passes one that can. */
export type OtherDecompressor = (
  source: AsyncIterable<Uint8Array>,
  compression: "bzip2" | "xz",
) => AsyncIterable<Uint8Array>;

/** The plain bytes of a stream that may be compressed. */
export async function decompressed(
  stream: ByteStream,
  other?: OtherDecompressor,
): Promise<{ readonly compression: Compression; readonly stream: AsyncIterable<Uint8Array> }> {
  const source = new ByteSource(stream);
  const compression = detectCompression(await source.peek(6));
  return { compression, stream: inflate(source, compression, other) };
}

function inflate(
  source: ByteSource,
  compression: Compression,
  other: OtherDecompressor | undefined,
): AsyncIterable<Uint8Array> {
  switch (compression) {
    case "none":
      return source;
    case "gzip":
      return pump(source, createGunzip({ chunkSize: 1 << 16 }));
    case "zstd":
      return pump(source, createZstdDecompress({ chunkSize: 1 << 16 }));
    case "bzip2":
    case "xz":
      if (other) return other(source, compression);
      throw new EngineError("not_implemented", `${compression} archives are not supported: use gzip or zstd`);
  }
  return compression satisfies never;
}

/** Feeds a zlib stream and yields what comes out; stops feeding when the reader stops. */
async function* pump(source: ByteSource, transform: Transform): AsyncGenerator<Uint8Array> {
  let stopped = false;
  const feeding = feed(source, transform, () => stopped).catch((error: unknown) => {
    transform.destroy(error instanceof Error ? error : new Error(String(error)));
  });
  try {
    for await (const chunk of transform) yield chunk as Uint8Array;
  } catch (error) {
    if (error instanceof EngineError) throw error;
    throw invalidArgument(`broken compressed data: ${error instanceof Error ? error.message : error}`, error);
  } finally {
    stopped = true;
    transform.destroy();
    await source.close();
    await feeding;
  }
}

async function feed(source: ByteSource, transform: Transform, stopped: () => boolean): Promise<void> {
  for await (const chunk of source) {
    if (stopped()) return;
    if (!transform.write(chunk)) await drained(transform);
  }
  transform.end();
}

function drained(transform: Transform): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      transform.off("drain", done).off("close", done);
      resolve();
    };
    transform.on("drain", done).on("close", done);
  });
}
