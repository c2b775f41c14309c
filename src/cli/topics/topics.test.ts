import { describe, expect, test } from "bun:test";
import type { CommandTable } from "../command.ts";
import { commandTable } from "../commands/table.ts";
import { parseFlags } from "../flags/parse.ts";
import { withHelpAndCompletion } from "../words/help-and-completion.ts";
import { canonicalName } from "../words/spellings.ts";
import { manuals } from "./examples/all.ts";
import { manualOf } from "./manual-of.ts";
import { topics } from "./table.ts";

const whole = withHelpAndCompletion(commandTable);
/** Words that only say why they are not there. */
const unbuilt = /^(checkpoint|config|manifest|node|plugin|secret|service|stack|swarm|trust)\b|^buildx /;

async function commandsIn(table: CommandTable, above: readonly string[] = []): Promise<string[][]> {
  const found = await Promise.all(
    Object.entries(table).map(async ([word, entry]) => {
      const path = [...above, word];
      const deeper = await commandsIn(entry.subcommands ?? {}, path);
      return entry.load && !entry.hidden ? [path, ...deeper] : deeper;
    }),
  );
  return found.flat();
}

const paths = await commandsIn(whole);

describe("hull help", () => {
  test("every command has a description and examples", async () => {
    const missing: string[] = [];
    for (const path of paths) {
      const name = path.join(" ");
      if (unbuilt.test(name)) continue;
      const command = await entryOf(path)?.load?.();
      const manual = command?.manual ?? (await manualOf(path));
      if (!manual || manual.about === "" || manual.examples.length === 0) missing.push(canonicalName(path));
    }
    expect([...new Set(missing)]).toEqual([]);
  });

  test("what examples call with `hull` are commands with flags they have", async () => {
    const own = await Promise.all(paths.map(async (path) => (await entryOf(path)?.load?.())?.manual));
    const all = [...Object.values(manuals), ...own.filter((manual) => manual !== undefined)];
    const lines = all.flatMap(({ examples }) => examples.flatMap(([, line]) => line.split("\n")));
    for (const line of lines) {
      for (const words of callsIn(line)) {
        const [path, rest] = await splitPath(words);
        // Commands of main/ are not in this table.
        if (["bootstrap", "engine", "registry"].includes(words[0] ?? "")) continue;
        const command = await entryOf(path)?.load?.();
        if (!command) throw new Error(`no command in ${JSON.stringify(line)}`);
        expect(() =>
          parseFlags(command.flags, rest, { interspersed: command.interspersed ?? true }),
        ).not.toThrow();
      }
    }
  });

  test("what is to be read next is there", () => {
    const known = new Set([
      ...paths.map((path) => path.join(" ")),
      ...Object.keys(topics),
      ...Object.keys(manuals),
    ]);
    const lost = Object.entries(manuals).flatMap(([name, { also = [] }]) =>
      also.filter((word) => !known.has(word)).map((word) => `${name}: ${word}`),
    );
    expect(lost).toEqual([]);
  });

  test("topics have a text of lines that fit", async () => {
    for (const [name, topic] of Object.entries(topics)) {
      const text = await topic.load();
      expect([name, text.trim().length > 200]).toEqual([name, true]);
      const long = text
        .split("\n")
        .filter((line) => line.startsWith(" ") && line.length > 94 && !line.includes("{{"));
      expect([name, long]).toEqual([name, []]);
    }
  });
});

function entryOf(path: readonly string[]) {
  let table = whole;
  let entry = whole[path[0] ?? ""];
  for (const word of path) {
    entry = table[word] ?? Object.values(table).find(({ aliases }) => aliases?.includes(word));
    table = entry?.subcommands ?? {};
  }
  return entry;
}

/** Flags of a group, in front of its command, are read on the way: they must be right as well. */
async function splitPath(words: readonly string[]): Promise<[path: string[], rest: readonly string[]]> {
  const path = words.slice(0, 1);
  let rest = words.slice(1);
  for (;;) {
    const entry = entryOf(path);
    const options = await entry?.options?.();
    if (options) rest = [...parseFlags(options, rest, { interspersed: false }).positional];
    const [next = "", ...after] = rest;
    if (!entry?.subcommands?.[next]) return [path, rest];
    path.push(next);
    rest = after;
  }
}

/** Calls of `hull` in a line of shell, without redirections and what stands around them. */
function callsIn(line: string): string[][] {
  return [...line.matchAll(/(?:^|[|(] ?|ssh vm )hull ((?:'[^']*'|"[^"]*"|\$\([^)]*\)|[^|()&;<>])*)/g)].map(
    ([, text = ""]) =>
      (text.match(/(?:'[^']*'|"[^"]*"|\$\([^)]*\)|[^\s'"])+/g) ?? []).map((word) =>
        word.replace(/^'(.*)'$/s, "$1"),
      ),
  );
}
