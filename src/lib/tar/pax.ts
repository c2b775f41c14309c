import { invalidArgument } from "../../errors/engine-error.ts";
import { bytesFromText } from "../byte-text.ts";

const newline = 0x0a;
const space = 0x20;
const equals = 0x3d;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Records of an extended header: `LENGTH key=value\n`. Values are bytes, xattrs are binary. */
export function parsePaxRecords(bytes: Uint8Array): Map<string, Uint8Array> {
  const records = new Map<string, Uint8Array>();
  let at = 0;
  while (at < bytes.length) {
    // Some writers pad the last block with NUL.
    if (bytes[at] === 0) break;
    const gap = bytes.indexOf(space, at);
    const length = gap < 0 ? Number.NaN : Number(decoder.decode(bytes.subarray(at, gap)));
    const end = at + length;
    const sign = bytes.indexOf(equals, gap);
    if (
      !Number.isInteger(length) ||
      end > bytes.length ||
      bytes[end - 1] !== newline ||
      sign < 0 ||
      sign >= end
    )
      throw invalidArgument("invalid tar header: malformed PAX record");
    const key = decoder.decode(bytes.subarray(gap + 1, sign));
    const value = bytes.slice(sign + 1, end - 1);
    // GNU sparse 0.0 repeats two keys where 0.1 has one list: gather them into that list.
    if (key === "GNU.sparse.offset" || key === "GNU.sparse.numbytes") {
      const before = records.get("GNU.sparse.map");
      records.set("GNU.sparse.map", before ? Buffer.concat([before, encoder.encode(","), value]) : value);
    } else {
      records.set(key, value);
    }
    at = end;
  }
  return records;
}

export function formatPaxRecords(records: ReadonlyMap<string, Uint8Array | string>): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [key, value] of records) {
    const bytes = typeof value === "string" ? bytesFromText(value) : value;
    const tail = encoder.encode(` ${key}=`);
    const bare = tail.length + bytes.length + 1;
    // The length counts its own digits.
    let length = bare + String(bare).length;
    if (String(length).length !== String(bare).length) length = bare + String(length).length;
    parts.push(encoder.encode(String(length)), tail, bytes, encoder.encode("\n"));
  }
  return Buffer.concat(parts);
}
