import type { CommandEntry, CommandTable } from "../command.ts";

export type Found =
  | { kind: "command"; entry: CommandEntry; path: string[]; args: readonly string[] }
  | { kind: "unknown"; word: string; path: string[]; among: CommandTable };

/** Follows words down the table as far as they name commands: `container ls -a`. */
export function findCommand(words: readonly string[], table: CommandTable): Found {
  let among = table;
  const path: string[] = [];
  for (;;) {
    const word = words[path.length] ?? "";
    const named = lookUp(word, among);
    if (!named) return { kind: "unknown", word, path, among };
    const [name, entry] = named;
    path.push(name);
    const next = words[path.length];
    const deeper = entry.subcommands;
    const goesDeeper = deeper && next !== undefined && (lookUp(next, deeper) || !entry.load);
    if (!goesDeeper || next.startsWith("-"))
      return { kind: "command", entry, path, args: words.slice(path.length) };
    among = deeper;
  }
}

export function lookUp(word: string, table: CommandTable): [name: string, entry: CommandEntry] | undefined {
  if (Object.hasOwn(table, word)) {
    const entry = table[word];
    return entry && [word, entry];
  }
  return Object.entries(table).find(([, entry]) => entry.aliases?.includes(word));
}
