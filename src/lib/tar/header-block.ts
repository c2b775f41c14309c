import { invalidArgument } from "../../errors/engine-error.ts";
import { textFromBytes } from "../byte-text.ts";
import { parseNumber } from "./numeric.ts";

/** The fields of one 512-byte header, as they stand there. */
export interface HeaderBlock {
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly modified: number;
  readonly flag: string;
  readonly linkTarget: string;
  readonly uname: string;
  readonly gname: string;
  readonly deviceMajor: number;
  readonly deviceMinor: number;
  /** Old GNU sparse files keep their map and real size here. */
  readonly block: Uint8Array;
}

export function parseHeaderBlock(block: Uint8Array): HeaderBlock {
  checkSum(block);
  const magic = latin(block, 257, 8);
  const posix = magic.startsWith("ustar\0") || magic === "ustar";
  const gnu = magic.startsWith("ustar  ");
  const prefix = posix ? text(block, 345, 155) : "";
  const name = text(block, 0, 100);
  const known = posix || gnu;
  // Before POSIX the flag was NUL, and a directory was a file whose name ends in a slash.
  const old = block[156] === 0;
  const flag = old ? (name.endsWith("/") ? "5" : "0") : String.fromCharCode(block[156] ?? 0);
  const devices = known && (flag === "3" || flag === "4");
  return {
    path: prefix === "" ? name : `${prefix}/${name}`,
    mode: number(block, 100, 8),
    uid: number(block, 108, 8),
    gid: number(block, 116, 8),
    size: nonNegative(number(block, 124, 12)),
    modified: number(block, 136, 12),
    flag,
    linkTarget: text(block, 157, 100),
    uname: known ? text(block, 265, 32) : "",
    gname: known ? text(block, 297, 32) : "",
    deviceMajor: devices ? number(block, 329, 8) : 0,
    deviceMinor: devices ? number(block, 337, 8) : 0,
    block: flag === "S" ? block.slice() : block,
  };
}

function checkSum(block: Uint8Array): void {
  const stored = number(block, 148, 8);
  let unsigned = 8 * 0x20;
  let signed = unsigned;
  for (let i = 0; i < 512; i++) {
    if (i === 148) i = 156;
    const byte = block[i] ?? 0;
    unsigned += byte;
    signed += byte < 128 ? byte : byte - 256;
  }
  // Some old writers summed signed bytes.
  if (stored !== unsigned && stored !== signed) throw invalidArgument("archive/tar: invalid tar header");
}

function number(block: Uint8Array, offset: number, width: number): number {
  return parseNumber(block.subarray(offset, offset + width));
}

function nonNegative(size: number): number {
  if (size < 0) throw invalidArgument("invalid tar header: negative size");
  return size;
}

function text(block: Uint8Array, offset: number, width: number): string {
  let end = offset;
  while (end < offset + width && block[end] !== 0) end++;
  return end === offset ? "" : textFromBytes(block.subarray(offset, end));
}

function latin(block: Uint8Array, offset: number, width: number): string {
  return Buffer.from(block.buffer, block.byteOffset + offset, width).toString("latin1");
}
