import { type BigIntStats, lstatSync, readdirSync, readlinkSync, type Stats } from "node:fs";
import { pathArgument, textFromBytes } from "../lib/byte-text.ts";

/** The names in a directory, byte for byte (see lib/byte-text). */
export function namesIn(directory: string): string[] {
  const path = pathArgument(directory);
  const names = readdirSync(path);
  // Reading them as bytes takes longer; it is needed where one could not be read as text.
  if (!names.some((name) => name.includes("\ufffd"))) return names;
  return readdirSync(path, { encoding: "buffer" }).map(textFromBytes);
}

export function targetOf(link: string): string {
  return textFromBytes(readlinkSync(pathArgument(link), { encoding: "buffer" }));
}

export function lstatOf(path: string): Stats {
  return lstatSync(pathArgument(path));
}

export function exactLstatOf(path: string): BigIntStats {
  return lstatSync(pathArgument(path), { bigint: true });
}
