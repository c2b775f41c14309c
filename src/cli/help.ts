import type { Command, CommandEntry, CommandTable } from "./command.ts";
import type { FlagSet } from "./flags/flag.ts";
import { formatFlags } from "./flags/help.ts";

export function commandHelp(
  entry: Pick<CommandEntry, "summary" | "aliases">,
  command: Pick<Command, "usage" | "flags" | "details">,
  program: string,
  path: readonly string[],
): string {
  const flags = formatFlags(command.flags);
  const parts = [`Usage:  ${usageLine(command.usage, program, path)}`, entry.summary];
  if (entry.aliases?.length) {
    const names = [path.at(-1) ?? "", ...entry.aliases];
    const group = [program, ...path.slice(0, -1)].join(" ");
    parts.push(`Aliases:\n  ${names.map((name) => `${group} ${name}`).join(", ")}`);
  }
  if (command.details !== undefined) parts.push(command.details);
  if (flags !== "") parts.push(`Options:\n${flags}`);
  return `${parts.join("\n\n")}\n`;
}

const titles = { common: "Common Commands", management: "Management Commands", command: "Commands" };

/** The list of commands: of the program, or of a word that groups them. */
export function overview(
  table: CommandTable,
  program: string,
  path: readonly string[],
  globals: FlagSet | undefined,
  summary = "Containers in one executable: the engine and its command line",
): string {
  const name = [program, ...path].join(" ");
  const shown = Object.entries(table)
    .filter(([, entry]) => !entry.hidden)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const width = Math.max(...shown.map(([word]) => word.length), 9) + 3;
  let text = `Usage:  ${name} ${path.length === 0 ? "[OPTIONS] " : ""}COMMAND\n\n${summary}\n`;
  for (const [group, title] of Object.entries(titles)) {
    const rows = shown.filter(([, entry]) => entry.group === group);
    if (rows.length === 0) continue;
    text += `\n${title}:\n${rows.map(([word, entry]) => `  ${word.padEnd(width)}${entry.summary}`).join("\n")}\n`;
  }
  if (globals) text += `\nGlobal Options:\n${formatFlags(globals)}\n`;
  return `${text}\nRun '${name} COMMAND --help' for more information on a command.\n`;
}

/** One command may be reached by several paths (`ps`, `container ls`): the one that was typed is shown. */
export function usageLine(usage: string, program: string, path: readonly string[]): string {
  const words = usage.split(" ");
  const first = words.findIndex((word) => !/^[a-z][a-z-]*$/.test(word));
  return [program, ...path, ...(first < 0 ? [] : words.slice(first))].join(" ");
}
