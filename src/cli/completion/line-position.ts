import type { Command, CommandEntry, CommandTable } from "../command.ts";
import type { Flag, FlagSet } from "../flags/flag.ts";
import { type ParsedFlags, parseFlags } from "../flags/parse.ts";
import { lookUp } from "../words/find-command.ts";

/** Where in the command line the word to be completed stands. */
export interface LinePosition {
  /** What is typed of it; behind `--flag=` only the value. */
  readonly word: string;
  /** Words of the command so far, by their first names. */
  readonly path: readonly string[];
  /** What may stand here beside arguments. */
  readonly flags: FlagSet;
  /** The flag whose value it is. */
  readonly flag?: readonly [name: string, flag: Flag<unknown>];
  /** Flags may stand here: not behind `--`, nor behind IMAGE of run. */
  readonly mayBeFlag: boolean;
  /** Commands that may stand here. */
  readonly among?: CommandTable;
  readonly entry?: CommandEntry;
  readonly command?: Command;
  /** Arguments of the command before it. */
  readonly before: readonly string[];
  /** Flags of the group so far, where it has some of its own: `compose -f FILE`. */
  readonly group?: ParsedFlags<FlagSet>;
  /** A first word that is none of ours: a plugin's. */
  readonly foreign?: string;
}

/** Reads a line that is not finished, and forgives what is wrong in it. The last word is the one to complete. */
export async function positionOf(
  words: readonly string[],
  table: CommandTable,
  globals: FlagSet,
): Promise<LinePosition> {
  const reader = new LineReader(table, globals);
  for (const word of words.slice(0, -1)) await reader.take(word);
  return reader.end(words.at(-1) ?? "");
}

class LineReader {
  readonly #path: string[] = [];
  readonly #before: string[] = [];
  #flags: FlagSet;
  #among: CommandTable | undefined;
  #entry: CommandEntry | undefined;
  #command: Command | undefined;
  #pending: [name: string, flag: Flag<unknown>] | undefined;
  #onlyArguments = false;
  #foreign: string | undefined;
  /** What stands between a group with flags and its command. */
  #group: { readonly flags: FlagSet; readonly words: string[] } | undefined;

  constructor(table: CommandTable, globals: FlagSet) {
    this.#among = table;
    this.#flags = globals;
  }

  async take(word: string): Promise<void> {
    if (this.#group && !this.#command) this.#group.words.push(word);
    if (this.#pending) this.#pending = undefined;
    else if (this.#onlyArguments) this.#before.push(word);
    else if (word === "--") this.#onlyArguments = true;
    else if (word.startsWith("-") && word !== "-") this.#pending = this.#waitsForValue(word);
    else await this.#argument(word);
  }

  end(word: string): LinePosition {
    const equals = word.startsWith("--") ? word.indexOf("=") : -1;
    const named = equals > 0 && !this.#onlyArguments ? this.#flagOf(word.slice(2, equals)) : undefined;
    const flag = this.#pending ?? named;
    return {
      word: this.#pending || !named ? word : word.slice(equals + 1),
      path: this.#path,
      flags: this.#flags,
      mayBeFlag: !this.#onlyArguments,
      before: this.#before,
      ...(flag && { flag }),
      ...(this.#among && this.#before.length === 0 && { among: this.#among }),
      ...(this.#entry && { entry: this.#entry }),
      ...(this.#command && { command: this.#command }),
      ...(this.#group && { group: groupOf(this.#group) }),
      ...(this.#foreign !== undefined && { foreign: this.#foreign }),
    };
  }

  async #argument(word: string): Promise<void> {
    const named = this.#among && this.#before.length === 0 ? lookUp(word, this.#among) : undefined;
    if (!named) {
      if (this.#path.length === 0) this.#foreign ??= word;
      this.#before.push(word);
      if (this.#command?.interspersed === false) this.#onlyArguments = true;
      return;
    }
    const [name, entry] = named;
    this.#path.push(name);
    this.#entry = entry;
    this.#among = entry.subcommands;
    this.#command = await entry.load?.();
    const own = await entry.options?.();
    if (own) this.#group = { flags: own, words: [] };
    this.#flags = this.#command?.flags ?? own ?? {};
  }

  #flagOf(name: string): [string, Flag<unknown>] | undefined {
    const flag = Object.hasOwn(this.#flags, name) ? this.#flags[name] : undefined;
    return flag && [name, flag];
  }

  /** The flag of `--name` or of the last letter of a cluster, when its value is still to come. */
  #waitsForValue(word: string): [string, Flag<unknown>] | undefined {
    if (word.startsWith("--")) {
      const found = word.includes("=") ? undefined : this.#flagOf(word.slice(2));
      return found && takesValue(found[1]) ? found : undefined;
    }
    for (const [at, letter] of [...word.slice(1)].entries()) {
      const found = Object.entries(this.#flags).find(([, flag]) => flag.short === letter);
      if (found && takesValue(found[1])) return at === word.length - 2 ? found : undefined;
    }
    return undefined;
  }
}

/** As far as it is right: from the first mistake on, nothing is known. */
function groupOf({ flags, words }: { flags: FlagSet; words: readonly string[] }): ParsedFlags<FlagSet> {
  for (let end = words.length; end > 0; end--) {
    try {
      return parseFlags(flags, words.slice(0, end), { interspersed: false });
    } catch {
      // A flag without its value, or one there is not.
    }
  }
  return parseFlags(flags, []);
}

function takesValue(flag: Flag<unknown>): boolean {
  return flag.placeholder !== "" && flag.alone === undefined;
}
