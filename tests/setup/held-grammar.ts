import type { CommandEntry, CommandTable } from "../../src/cli/command.ts";
import type { FlagSet } from "../../src/cli/flags/flag.ts";
import { type Grammar, type GrammarFlag, oneLine } from "./docker-grammar.ts";

interface OurFlag {
  readonly short?: string;
  readonly type?: string;
  readonly help: string;
  readonly hidden: boolean;
}

export interface Ours {
  readonly aliases: readonly string[];
  readonly summary: string;
  readonly usage?: string;
  readonly flags: Readonly<Record<string, OurFlag>>;
  readonly hidden: boolean;
}

/** Our own grammar: every command below a table, by its words. */
export async function ourGrammar(
  table: CommandTable,
  above: readonly string[] = [],
): Promise<Record<string, Ours>> {
  const found: Record<string, Ours> = {};
  for (const [word, entry] of Object.entries(table)) {
    const words = [...above, word];
    found[words.join(" ")] = await oneOf(entry);
    Object.assign(found, await ourGrammar(entry.subcommands ?? {}, words));
  }
  return found;
}

async function oneOf(entry: CommandEntry): Promise<Ours> {
  const command = await entry.load?.();
  return {
    aliases: entry.aliases ?? [],
    summary: oneLine(command?.long ?? entry.summary),
    ...(command && { usage: command.usage }),
    flags: flagsOf(command?.flags ?? (await entry.options?.()) ?? {}),
    hidden: entry.hidden ?? false,
  };
}

function flagsOf(flags: FlagSet): Record<string, OurFlag> {
  return Object.fromEntries(
    Object.entries(flags).map(([name, flag]) => [
      name,
      {
        ...(flag.short && { short: flag.short }),
        ...(flag.placeholder !== "" && { type: flag.placeholder }),
        help: oneLine(flag.help + (flag.defaultText === undefined ? "" : ` (default ${flag.defaultText})`)),
        hidden: flag.hidden ?? false,
      },
    ]),
  );
}

/** `command --flag`, or the command alone. */
const key = (command: string, flag?: string) => (flag === undefined ? command : `${command} --${flag}`);

/** A group or command that is excepted covers what is below it. */
function isExcepted(list: Readonly<Record<string, string>>, item: string): boolean {
  return Object.keys(list).some((known) => item === known || item.startsWith(`${known} `));
}

export interface HeldGrammar {
  /** Commands and flags of docker's that ours has not. */
  readonly missing: readonly string[];
  /** And the other way round. */
  readonly beyond: readonly string[];
  /** Short letters, types, aliases and texts of help. */
  readonly differences: readonly string[];
  readonly usages: readonly string[];
}

/** Ours beside docker's; of usages those that are `otherArguments` are let be. */
export function holdGrammar(
  ours: Readonly<Record<string, Ours>>,
  docker: Grammar,
  otherArguments: Readonly<Record<string, string>>,
): HeldGrammar {
  const dockerFlags = Object.entries(docker).flatMap(([command, { flags }]) =>
    command === "" ? [] : Object.entries(flags ?? {}).map(([flag, its]) => ({ command, flag, its })),
  );

  const missing = (): string[] => {
    const commands = Object.keys(docker).filter((command) => command !== "" && !ours[command]);
    const flags = dockerFlags
      .filter(({ command, flag }) => ours[command] && !ours[command].flags[flag])
      .map(({ command, flag }) => key(command, flag));
    return [...commands, ...flags];
  };

  const beyond = (): string[] => {
    return Object.entries(ours).flatMap(([command, { flags, hidden }]) => {
      const its = docker[command];
      if (!its) return hidden ? [] : [command];
      return Object.entries(flags)
        .filter(([flag, our]) => !our.hidden && !its.flags?.[flag])
        .map(([flag]) => key(command, flag));
    });
  };

  /** Short letters, types and texts of help. */
  const differences = (): string[] => {
    const flags = dockerFlags.flatMap(({ command, flag, its }) => {
      const our = ours[command]?.flags[flag];
      if (!our || our.hidden || sameFlag(our, its)) return [];
      return [key(command, flag)];
    });
    const aliases = Object.entries(docker).flatMap(([command, { aliases = [] }]) => {
      const our = ours[command];
      if (!our) return [];
      const words = command.split(" ");
      const group = words.slice(0, -1).join(" ");
      const wanted = aliases
        .filter((alias) => alias.split(" ").length === words.length + 1)
        .map((alias) => alias.replace(/^docker /, ""))
        .filter((alias) => alias.split(" ").slice(0, -1).join(" ") === group)
        .map((alias) => alias.split(" ").at(-1) ?? "")
        .filter((alias) => alias !== words.at(-1));
      return wanted.every((alias) => our.aliases.includes(alias)) ? [] : [`${command} (aliases ${wanted})`];
    });
    return [...flags, ...aliases];
  };

  const usages = (): string[] => {
    const isArgument = (word: string) => !/^[a-z][a-z-]*$/.test(word);
    const argumentsIn = (usage: string) =>
      usage.split("\n").map((line) => {
        const words = line.trim().split(" ");
        return words.slice(words.findIndex(isArgument));
      });
    return Object.entries(docker).flatMap(([command, { usage }]) => {
      const our = ours[command]?.usage;
      const same =
        our === undefined || Bun.deepEquals(argumentsIn(our), argumentsIn(usage.split("\n")[0] ?? ""));
      return same || otherArguments[command] ? [] : [`${command}: ${our} instead of ${usage}`];
    });
  };
  return { missing: missing(), beyond: beyond(), differences: differences(), usages: usages() };
}

function sameFlag(our: OurFlag, its: GrammarFlag): boolean {
  return our.short === its.short && our.type === its.type && our.help === its.help;
}

export function unexcepted(found: readonly string[], list: Readonly<Record<string, string>>): string[] {
  return found.filter((item) => !isExcepted(list, item));
}

export function inVain(found: readonly string[], list: Readonly<Record<string, string>>): string[] {
  return Object.keys(list).filter(
    (known) => !found.some((item) => item === known || item.startsWith(`${known} `)),
  );
}
