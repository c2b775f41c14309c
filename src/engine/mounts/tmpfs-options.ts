import { invalidArgument } from "../../errors/engine-error.ts";
import type { MountRequest } from "../../records/container-config.ts";

/** What every tmpfs of a container begins with; the user's words win. */
const base = ["noexec", "nosuid", "nodev", "rprivate"];

/** Words that exclude each other: the last one said counts. */
const pairs = [
  ["ro", "rw"],
  ["suid", "nosuid"],
  ["dev", "nodev"],
  ["exec", "noexec"],
  ["sync", "async"],
  ["dirsync", "nodirsync"],
  ["mand", "nomand"],
  ["atime", "noatime"],
  ["diratime", "nodiratime"],
  ["relatime", "norelatime"],
  ["strictatime", "nostrictatime"],
  ["bind", "rbind"],
  ["private", "rprivate", "slave", "rslave", "shared", "rshared", "unbindable", "runbindable"],
  ["defaults"],
  ["remount"],
];
const familyOf = new Map(pairs.flatMap((words, index) => words.map((word) => [word, `flag ${index}`])));
const dataKeys = ["size", "mode", "uid", "gid", "nr_inodes", "nr_blocks", "mpol"];

/** The mount options of a tmpfs from the text after `--tmpfs /path:`; unknown words are refused as Docker does. */
export function mergeTmpfsOptions(text: string): string[] {
  const words = [...base, ...(text === "" ? [] : text.split(","))];
  const seen = new Set<string>();
  const kept: string[] = [];
  for (const word of words.toReversed()) {
    const family = familyOf.get(word) ?? dataFamily(word);
    if (seen.has(family)) continue;
    seen.add(family);
    kept.unshift(word);
  }
  return kept;
}

function dataFamily(word: string): string {
  const equals = word.indexOf("=");
  const key = equals < 0 ? word : word.slice(0, equals);
  if (equals >= 0 && dataKeys.includes(key)) return key;
  const parts = equals < 0 ? [word] : [key, word.slice(equals + 1)];
  const shown = parts.map((part) => JSON.stringify(part)).join(" ");
  throw invalidArgument(`invalid tmpfs option [${shown}]`);
}

/** The same text for a `--mount type=tmpfs`. */
export function tmpfsOptionsOf(request: MountRequest): string {
  const { SizeBytes: size = 0, Mode: mode = 0, Options: more = [] } = request.TmpfsOptions ?? {};
  const words: string[] = [];
  if (request.ReadOnly) words.push("ro");
  if (mode !== 0) words.push(`mode=${mode.toString(8)}`);
  if (size !== 0) words.push(`size=${sizeText(size)}`);
  for (const option of more ?? []) words.push(option.join("="));
  return words.join(",");
}

function sizeText(size: number): string {
  for (const [power, letter] of [
    [2 ** 30, "g"],
    [2 ** 20, "m"],
    [2 ** 10, "k"],
  ] as const) {
    if (size % power === 0) return `${size / power}${letter}`;
  }
  return String(size);
}
