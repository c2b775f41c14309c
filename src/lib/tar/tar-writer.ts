import { blockSize, type TarEntry } from "./entry.ts";
import { fitsOctal, formatPaxTime, writeOctal } from "./numeric.ts";
import { formatPaxRecords } from "./pax.ts";

const encoder = new TextEncoder();

const flags = {
  file: "0",
  hardlink: "1",
  symlink: "2",
  char: "3",
  block: "4",
  directory: "5",
  fifo: "6",
} as const;

export interface HeaderOptions {
  /** Write fractions of seconds as PAX records. Off, times are cut to seconds as layers have them. */
  readonly subSecond?: boolean;
}

/**
 * The header blocks of an entry: one ustar block, with a PAX header in front where a value
 * does not fit. A sparse entry is written as the whole file; its holes are zeros to readers.
 */
export function formatHeader(entry: TarEntry, options: HeaderOptions = {}): Uint8Array {
  const size = entry.type === "file" ? entry.size : 0;
  const path = entry.type === "directory" && !entry.path.endsWith("/") ? `${entry.path}/` : entry.path;
  const records = paxRecords(entry, path, size, options);
  const block = new Uint8Array(blockSize);
  writeUstar(block, entry, path, size);
  if (records.size === 0) return block;
  const body = formatPaxRecords(records);
  const padded = Math.ceil(body.length / blockSize) * blockSize;
  const whole = new Uint8Array(blockSize + padded + blockSize);
  writePaxHeader(whole.subarray(0, blockSize), path, body.length);
  whole.set(body, blockSize);
  whole.set(block, blockSize + padded);
  return whole;
}

/** Zeros that fill the last block of an entry's data. */
export function paddingAfter(size: number): Uint8Array {
  return new Uint8Array((blockSize - (size % blockSize)) % blockSize);
}

/** Two zero blocks. */
export function endOfArchive(): Uint8Array {
  return new Uint8Array(2 * blockSize);
}

function paxRecords(
  entry: TarEntry,
  path: string,
  size: number,
  options: HeaderOptions,
): Map<string, string | Uint8Array> {
  const records = new Map<string, string | Uint8Array>();
  if (!splitPath(path)) records.set("path", path);
  const link = entry.linkTarget ?? "";
  if (!isPlain(link) || link.length > 100) records.set("linkpath", link);
  if (!fitsOctal(size, 12)) records.set("size", String(size));
  if (!fitsOctal(entry.uid, 8)) records.set("uid", String(entry.uid));
  if (!fitsOctal(entry.gid, 8)) records.set("gid", String(entry.gid));
  for (const key of ["uname", "gname"] as const) {
    const name = entry[key];
    if (name !== undefined && (!isPlain(name) || name.length > 31)) records.set(key, name);
  }
  const fraction = options.subSecond && entry.modified.nanoseconds !== 0;
  if (fraction) records.set("mtime", formatPaxTime(entry.modified));
  else if (!fitsOctal(entry.modified.seconds, 12)) records.set("mtime", String(entry.modified.seconds));
  if (options.subSecond && entry.accessed) records.set("atime", formatPaxTime(entry.accessed));
  const names = [...(entry.xattrs?.keys() ?? [])].sort();
  for (const name of names) records.set(`SCHILY.xattr.${name}`, entry.xattrs?.get(name) ?? "");
  return records;
}

function writeUstar(block: Uint8Array, entry: TarEntry, path: string, size: number): void {
  const [prefix, name] = splitPath(path) ?? ["", cut(path, 100)];
  const put = (text: string, offset: number, width: number) =>
    block.set(encoder.encode(text).subarray(0, width), offset);
  const octal = (value: number, offset: number, width: number) =>
    writeOctal(block, offset, width, fitsOctal(value, width) ? value : 0);
  put(name, 0, 100);
  octal(entry.mode & 0o7777, 100, 8);
  octal(entry.uid, 108, 8);
  octal(entry.gid, 116, 8);
  octal(size, 124, 12);
  octal(entry.modified.seconds, 136, 12);
  put(flags[entry.type], 156, 1);
  put(cut(entry.linkTarget ?? "", 100), 157, 100);
  put("ustar\x0000", 257, 8);
  put(cut(entry.uname ?? "", 31), 265, 31);
  put(cut(entry.gname ?? "", 31), 297, 31);
  octal(entry.deviceMajor ?? 0, 329, 8);
  octal(entry.deviceMinor ?? 0, 337, 8);
  put(prefix, 345, 155);
  writeSum(block);
}

function writePaxHeader(block: Uint8Array, path: string, size: number): void {
  const base = path.replace(/\/+$/, "").split("/").at(-1) ?? "";
  const entry = {
    path: "",
    type: "file",
    mode: 0,
    uid: 0,
    gid: 0,
    size,
    modified: { seconds: 0, nanoseconds: 0 },
  };
  writeUstar(block, { ...entry, type: "file" }, `PaxHeaders.0/${cut(base, 80)}`, size);
  block[156] = "x".charCodeAt(0);
  writeSum(block);
}

function writeSum(block: Uint8Array): void {
  block.fill(0x20, 148, 156);
  let sum = 0;
  for (const byte of block) sum += byte;
  writeOctal(block, 148, 7, sum);
}

function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0 || code > 0x7e) return false;
  }
  return true;
}

/** Prefix and name as ustar splits them at a slash; undefined when the path needs a PAX record. */
function splitPath(path: string): [string, string] | undefined {
  if (!isPlain(path)) return undefined;
  if (path.length <= 100) return ["", path];
  const at = path.lastIndexOf("/", 155);
  const name = path.slice(at + 1);
  if (at <= 0 || name.length === 0 || name.length > 100) return undefined;
  return [path.slice(0, at), name];
}

/** At most `width` ASCII bytes, for readers that do not know PAX. */
function cut(text: string, width: number): string {
  return text.replace(/[^\x20-\x7e]/g, "_").slice(0, width);
}
