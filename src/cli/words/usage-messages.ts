import { EngineAnswer, messageOf } from "../../errors/engine-error.ts";
import { nearest } from "../../lib/nearest.ts";
import type { Command, CommandTable } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import { UsageError } from "../flags/parse.ts";

/** What an engine answered is told apart from what this program found out itself, in Docker's words. */
export function failureMessage(error: unknown): string {
  return `${error instanceof EngineAnswer ? "Error response from daemon: " : ""}${messageOf(error)}\n`;
}

/** The mistake, what was meant, the usage, and where help is. */
export function usageMessage(error: UsageError, name: string, usage: string): string {
  const hint = error.hint === undefined ? "" : `Did you mean '${error.hint}'?\n`;
  return `${messageOf(error)}\n${hint}\nUsage:  ${usage}\n\nRun '${name} --help' for more information\n`;
}

export function unknownCommand(
  word: string,
  path: readonly string[],
  among: CommandTable,
  program: string,
): string {
  const name = [program, ...path].join(" ");
  const meant = meantCommands(word, among).map((words) => `'${name} ${words}'`);
  const guess = meant.length === 0 ? "" : `Did you mean ${inWords(meant)}?\n`;
  const usage = path.length === 0 ? "" : `Usage:  ${name}\n\n`;
  return `${program}: unknown command: ${name} ${word}\n${guess}\n${usage}Run '${name} --help' for more information\n`;
}

/** The nearest word; else where the groups know this very one: `prune` is in several. */
function meantCommands(word: string, among: CommandTable): string[] {
  const shown = Object.entries(among).filter(([, { hidden }]) => !hidden);
  const words = shown.flatMap(([name, { aliases = [] }]) => [name, ...aliases]);
  // Not listed, and yet what somebody lost looks for.
  const names = Object.hasOwn(among, "help") ? [...words, "help"] : words;
  const near = nearest(word, names);
  if (near !== undefined) return [near];
  const groups = shown.filter(([, { subcommands }]) => subcommands && Object.hasOwn(subcommands, word));
  return groups.map(([group]) => `${group} ${word}`).slice(0, 5);
}

function inWords(choices: readonly string[]): string {
  const last = choices.at(-1) ?? "";
  return choices.length < 2 ? last : `${choices.slice(0, -1).join(", ")} or ${last}`;
}

/** Too few or too many arguments: exit code 1, where a wrong flag is 125. */
class ArgumentsError extends UsageError {
  override readonly exitCode = exitCode.failed;
}

export function checkArguments(name: string, command: Pick<Command, "arguments">, count: number): void {
  const [least, most] = command.arguments;
  if (count >= least && count <= most) return;
  const wrong = (what: string) => new ArgumentsError(`${name.split(" ")[0]}: '${name}' ${what}`);
  const plural = (n: number) => (n === 1 ? "argument" : "arguments");
  if (most === 0) throw wrong("accepts no arguments");
  if (least === most) throw wrong(`requires ${least} ${plural(least)}`);
  if (!Number.isFinite(most) || most >= 99) throw wrong(`requires at least ${least} ${plural(least)}`);
  if (least === 0) throw wrong(`requires at most ${most} ${plural(most)}`);
  throw wrong(`requires at least ${least} and at most ${most} arguments`);
}
