import { invalidArgument } from "../../errors/engine-error.ts";
import { textFromBytes } from "../byte-text.ts";
import { epochSeconds, type TarEntry, type TarSegment, type TarType } from "./entry.ts";
import type { HeaderBlock } from "./header-block.ts";
import { parseNumber, parsePaxTime } from "./numeric.ts";
import { parseDecimal, parseSparseList } from "./sparse.ts";

const types: Readonly<Record<string, TarType>> = {
  "0": "file",
  "7": "file",
  S: "file",
  "1": "hardlink",
  "2": "symlink",
  "3": "char",
  "4": "block",
  "5": "directory",
  D: "directory",
  "6": "fifo",
};

/** Larger files than any file system holds. */
const maxSize = 2 ** 52;

const xattrPrefix = "SCHILY.xattr.";

export interface MergedEntry {
  readonly entry: TarEntry;
  /** Bytes that follow in the archive, without padding. */
  readonly stored: number;
  /** GNU sparse format 1.0 keeps its map in the data; the others are complete here. */
  readonly sparseVersion: string | undefined;
}

/** One entry out of its header block and the records in front of it, which win over the block. */
export function entryFrom(
  header: HeaderBlock,
  pax: ReadonlyMap<string, Uint8Array> | undefined,
  longName: string | undefined,
  longLink: string | undefined,
): MergedEntry {
  const record = (key: string) => {
    const bytes = pax?.get(key);
    return bytes === undefined ? undefined : textFromBytes(bytes);
  };
  const decimal = (key: string) => {
    const value = record(key);
    return value === undefined || value === "" ? undefined : parseDecimal(value);
  };
  const sparse = pax ? paxSparse(record) : undefined;
  const path = record("GNU.sparse.name") ?? record("path") ?? longName ?? header.path;
  const type = typeOf(header.flag);
  const linkTarget = record("linkpath") ?? longLink ?? header.linkTarget;
  const modified = record("mtime");
  const accessed = record("atime");
  const uname = record("uname") ?? header.uname;
  const gname = record("gname") ?? header.gname;
  const xattrs = pax ? xattrsOf(pax) : undefined;
  // Only files have data; some writers put a size on links and directories all the same.
  const stored = type === "file" ? (decimal("size") ?? header.size) : 0;
  const size = header.flag === "S" ? parseNumber(header.block.subarray(483, 495)) : (sparse?.size ?? stored);
  if (size < 0) throw invalidArgument("invalid tar header: negative size");
  if (size > maxSize) throw invalidArgument("invalid tar header: size out of range");
  const entry: TarEntry = {
    path,
    type,
    mode: header.mode & 0o7777,
    uid: ownerId(decimal("uid") ?? header.uid),
    gid: ownerId(decimal("gid") ?? header.gid),
    size,
    modified: modified ? parsePaxTime(modified) : epochSeconds(header.modified),
    ...(uname !== "" && { uname }),
    ...(gname !== "" && { gname }),
    ...(accessed && { accessed: parsePaxTime(accessed) }),
    ...((type === "symlink" || type === "hardlink") && { linkTarget }),
    ...((type === "char" || type === "block") && {
      deviceMajor: deviceId(header.deviceMajor, 0xfff),
      deviceMinor: deviceId(header.deviceMinor, 0xfffff),
    }),
    ...(xattrs && { xattrs }),
    ...(sparse?.segments && { sparse: sparse.segments }),
  };
  return { entry, stored, sparseVersion: sparse?.version };
}

/** The kernel has 32 bits for it, of which all set means "leave it": a longer number would become another. */
function ownerId(id: number): number {
  if (id < 0 || id >= 0xffffffff) throw invalidArgument(`invalid tar header: bad owner ${id}`);
  return id;
}

function deviceId(id: number, most: number): number {
  if (id < 0 || id > most) throw invalidArgument(`invalid tar header: bad device number ${id}`);
  return id;
}

function typeOf(flag: string): TarType {
  const type = types[flag];
  if (!type) throw invalidArgument(`unhandled tar header type ${JSON.stringify(flag)}`);
  return type;
}

function xattrsOf(pax: ReadonlyMap<string, Uint8Array>): Map<string, Uint8Array> | undefined {
  let xattrs: Map<string, Uint8Array> | undefined;
  for (const [key, value] of pax) {
    if (!key.startsWith(xattrPrefix)) continue;
    xattrs ??= new Map();
    xattrs.set(key.slice(xattrPrefix.length), value);
  }
  return xattrs;
}

function paxSparse(
  record: (key: string) => string | undefined,
): { version: string; size: number; segments?: TarSegment[] } | undefined {
  const major = record("GNU.sparse.major");
  const size = record("GNU.sparse.realsize") ?? record("GNU.sparse.size");
  if (major === undefined && size === undefined) return undefined;
  const real = parseDecimal(size ?? "");
  if (major === "1") return { version: "1.0", size: real };
  return { version: "0", size: real, segments: parseSparseList(record("GNU.sparse.map") ?? "") };
}
