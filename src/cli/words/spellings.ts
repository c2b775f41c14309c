import type { CommandEntry, CommandTable } from "../command.ts";

/** Words that stand alone for a command of a group; the two are one. */
const alone: Readonly<Record<string, string>> = {
  ...inGroup("container", [
    ...["attach", "commit", "cp", "create", "diff", "exec", "export", "kill", "logs", "pause", "port"],
    ...["rename", "restart", "rm", "run", "start", "stats", "stop", "top", "unpause", "update", "wait"],
  ]),
  ...inGroup("image", ["build", "history", "import", "load", "pull", "push", "save", "tag"]),
  ...inGroup("system", ["events", "info"]),
  ps: "container ls",
  images: "image ls",
  rmi: "image rm",
};

/** They work, and help does not list them. */
const unsaid: readonly string[] = ["image rmi"];

/** More places where a command is found. */
const elsewhere: Readonly<Record<string, string>> = { "image build": "builder build" };

function inGroup(group: string, words: readonly string[]): Record<string, string> {
  return Object.fromEntries(words.map((word) => [word, `${group} ${word}`]));
}

/** The one name of a command that has several: `container ls` for `ps`. */
export function canonicalName(path: readonly string[]): string {
  const name = path.join(" ");
  const other = Object.entries(elsewhere).find(([, place]) => place === name);
  if (other) return other[0];
  if (path.length === 1) return alone[name] ?? name;
  // `build context` is below a word that stands alone.
  const above = path.slice(0, -1);
  return above.length === 0 ? name : `${canonicalName(above)} ${path.at(-1)}`;
}

/** Every way to say a command, as help lists them; one alone is none worth a list. */
export function spellings(path: readonly string[], table: CommandTable): string[] {
  const canonical = canonicalName(path);
  const [group = "", verb] = canonical.split(" ");
  const names = verb === undefined ? [] : withAliases(group, verb, table[group]?.subcommands ?? {});
  const words = Object.keys(alone).filter((word) => alone[word] === canonical && Object.hasOwn(table, word));
  const place = elsewhere[canonical];
  const all = [...names, ...words, ...(place !== undefined && has(place, table) ? [place] : [])];
  if (all.length > 0) return all;
  return deeper(path, table);
}

function withAliases(group: string, verb: string, among: CommandTable): string[] {
  if (!Object.hasOwn(among, verb)) return [];
  return [verb, ...(among[verb]?.aliases ?? [])]
    .map((name) => `${group} ${name}`)
    .filter((name) => !unsaid.includes(name));
}

/** Groups inside of groups, and words without a group. */
function deeper(path: readonly string[], table: CommandTable): string[] {
  let among = table;
  let entry: CommandEntry | undefined;
  for (const word of path) {
    entry = among[word];
    among = entry?.subcommands ?? {};
  }
  const group = path.slice(0, -1);
  return [path.at(-1) ?? "", ...(entry?.aliases ?? [])].map((name) => [...group, name].join(" "));
}

function has(name: string, table: CommandTable): boolean {
  const [group = "", verb = ""] = name.split(" ");
  return table[group]?.subcommands?.[verb] !== undefined;
}
