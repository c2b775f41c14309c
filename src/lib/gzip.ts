import { constants, crc32, deflateRaw } from "node:zlib";
import { ByteSource, type ByteStream } from "./byte-source.ts";

/** Each block is deflated by itself; what came right before it serves as its dictionary. */
const blockSize = 1 << 20;
const windowSize = 1 << 15;

/**
 * One gzip member, deflated in blocks on several threads as pigz does it: each block ends on a
 * byte boundary (sync flush), so the results are put one after another. The header carries no
 * name and no time: the same bytes and the same program always give the same result.
 * At most `threads` blocks are in memory, in and out.
 */
export async function* gzipped(
  stream: ByteStream,
  options: { level?: number; threads?: number } = {},
): AsyncGenerator<Uint8Array> {
  const { level = 5, threads = 2 } = options;
  const source = new ByteSource(stream);
  const running: Promise<Uint8Array>[] = [];
  let checksum = 0;
  let size = 0;
  let dictionary: Uint8Array = new Uint8Array(0);
  try {
    yield header;
    for (let block = await nextBlock(source); block; block = await nextBlock(source)) {
      checksum = crc32(block, checksum);
      size += block.length;
      const deflating = deflateBlock(block, dictionary, level);
      // It is awaited later, in order; until then its failure is not an unhandled one.
      deflating.catch(() => {});
      running.push(deflating);
      dictionary = block.subarray(Math.max(0, block.length - windowSize));
      const first = running.length >= threads ? running.shift() : undefined;
      if (first) yield await first;
    }
    for (const rest of running) yield await rest;
    yield trailer(checksum, size);
  } finally {
    await source.close();
  }
}

const header = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff);

/** An empty last block (RFC 1951), then checksum and size modulo 2^32 (RFC 1952). */
function trailer(checksum: number, size: number): Uint8Array {
  const bytes = Buffer.alloc(10);
  bytes.writeUInt16LE(0x0003, 0);
  bytes.writeUInt32LE(checksum >>> 0, 2);
  bytes.writeUInt32LE(size % 2 ** 32, 6);
  return bytes;
}

/** Whole blocks always, whatever the chunks of the stream are: the result depends on the bytes alone. */
async function nextBlock(source: ByteSource): Promise<Uint8Array | undefined> {
  const block = new Uint8Array(blockSize);
  let filled = 0;
  while (filled < blockSize) {
    const part = await source.some(blockSize - filled);
    if (!part) break;
    block.set(part, filled);
    filled += part.length;
  }
  return filled === 0 ? undefined : block.subarray(0, filled);
}

function deflateBlock(block: Uint8Array, dictionary: Uint8Array, level: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const options = {
      level,
      finishFlush: constants.Z_SYNC_FLUSH,
      ...(dictionary.length > 0 && { dictionary }),
    };
    deflateRaw(block, options, (error, bytes) => (error ? reject(error) : resolve(bytes)));
  });
}
