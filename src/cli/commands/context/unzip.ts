import { invalidArgument } from "../../../errors/engine-error.ts";

/**
 * The files of a zip archive, in memory: read from the directory at its end, as programs do.
 *
 *   file entries | directory: one record a file, with the place of its entry | end record
 */
export function unzip(bytes: Uint8Array<ArrayBuffer>, longest: number): Map<string, Uint8Array<ArrayBuffer>> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  let left = longest;
  try {
    const end = endRecord(view);
    let at = view.getUint32(end + 16, true);
    for (let count = view.getUint16(end + 10, true); count > 0; count--) {
      if (view.getUint32(at, true) !== 0x02014b50) throw broken();
      const nameLength = view.getUint16(at + 28, true);
      const name = Buffer.from(bytes.subarray(at + 46, at + 46 + nameLength)).toString();
      if (!name.endsWith("/")) {
        left -= view.getUint32(at + 24, true);
        if (left < 0) throw invalidArgument("the archive is too large for a context");
        files.set(name, content(bytes, view, at));
      }
      at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    }
  } catch (error) {
    throw error instanceof RangeError ? broken(error) : error;
  }
  return files;
}

/** It may be followed by a comment. */
function endRecord(view: DataView): number {
  for (let at = view.byteLength - 22; at >= 0; at--) {
    if (view.getUint32(at, true) === 0x06054b50) return at;
  }
  throw broken();
}

function content(bytes: Uint8Array<ArrayBuffer>, view: DataView, record: number): Uint8Array<ArrayBuffer> {
  const method = view.getUint16(record + 10, true);
  const size = view.getUint32(record + 24, true);
  const entry = view.getUint32(record + 42, true);
  const start = entry + 30 + view.getUint16(entry + 26, true) + view.getUint16(entry + 28, true);
  const packed = bytes.subarray(start, start + view.getUint32(record + 20, true));
  if (method !== 0 && method !== 8) throw invalidArgument(`zip: unsupported compression algorithm ${method}`);
  const plain = method === 0 ? packed : inflate(packed);
  if (plain.length !== size) throw broken();
  if (Bun.hash.crc32(plain) !== view.getUint32(record + 16, true)) {
    throw invalidArgument("zip: checksum error");
  }
  return plain;
}

function inflate(packed: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  try {
    return Bun.inflateSync(packed);
  } catch (error) {
    throw broken(error);
  }
}

function broken(cause?: unknown): Error {
  return invalidArgument("zip: not a valid zip file", cause);
}
