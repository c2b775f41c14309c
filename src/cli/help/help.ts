import type { Command, CommandEntry, CommandTable } from "../command.ts";
import type { FlagSet } from "../flags/flag.ts";
import { formatFlags } from "../flags/help.ts";
import type { Paint } from "../terminal/colours.ts";

/** How help is shown: what the program is called, how wide the window is, whether there are colours. */
export interface HelpStyle {
  readonly program: string;
  readonly width: number;
  readonly paint: Paint;
}

/** `hull CMD --help`: Docker's layout to the letter. `spelled`: every way to say it. */
export function commandHelp(
  summary: string,
  command: Pick<Command, "usage" | "flags" | "details" | "long">,
  path: readonly string[],
  spelled: readonly string[],
  style: HelpStyle,
): string {
  const { program, width, paint } = style;
  const flags = formatFlags(command.flags, width);
  const parts = [
    `${paint("Usage:", "bold")}  ${usageLine(command.usage, program, path)}`,
    command.long ?? summary,
  ];
  if (spelled.length > 1) {
    const names = spelled.map((name) => `${program} ${name}`);
    parts.push(`${paint("Aliases:", "bold")}\n  ${names.join(", ")}`);
  }
  if (command.details !== undefined) parts.push(command.details);
  if (flags !== "") parts.push(`${paint("Options:", "bold")}\n${flags}`);
  return `${parts.join("\n\n")}\n`;
}

const titles = {
  common: "Common Commands",
  management: "Management Commands",
  swarm: "Swarm Commands",
  command: "Commands",
};

/** The order people meet these in; others follow by name. */
const first = [
  ...["run", "exec", "ps", "build", "pull", "push", "images", "login", "logout", "search", "version"],
  "info",
];

/** A command of somebody else's, found in a folder of plugins. */
export interface PluginRow {
  readonly name: string;
  readonly summary: string;
  /** Why it cannot be used. */
  readonly wrong?: string;
}

/** The list of commands of the whole program. */
export function overview(
  table: CommandTable,
  globals: FlagSet,
  plugins: readonly PluginRow[],
  style: HelpStyle,
): string {
  const { program, width, paint } = style;
  const good = plugins.filter(({ wrong }) => wrong === undefined);
  const bad = plugins.filter(({ wrong }) => wrong !== undefined);
  const column = columnOf([...Object.keys(table), ...plugins.map(({ name }) => name)]);
  const starred = good.map(({ name, summary }): Row => [`${name}*`, summary]);
  const sections = Object.entries(titles).map(([group, title]) => {
    const own = rowsOf(table, group).filter(([name]) => !good.some((plugin) => plugin.name === name));
    const rows = group === "management" ? [...own, ...starred].sort(byName) : own;
    return sectionText(title, rows, column, style);
  });
  const invalid = bad.map(({ name, wrong = "" }): Row => [name, wrong]);
  return [
    `${paint("Usage:", "bold")}  ${program} [OPTIONS] COMMAND\n\nContainers in one executable: the engine and its command line\n`,
    ...sections,
    sectionText("Invalid Plugins", invalid, column, style),
    `\n${paint("Global Options:", "bold")}\n${formatFlags(globals, width)}\n`,
    `\nRun '${program} COMMAND --help' for more information on a command.\n`,
    `\nRun '${program} help COMMAND' for examples, and '${program} help' for a list of topics.\n`,
  ].join("");
}

/** `hull container`. */
export function groupHelp(
  { summary, subcommands = {} }: Pick<CommandEntry, "summary" | "subcommands">,
  path: readonly string[],
  options: FlagSet,
  style: HelpStyle,
): string {
  const { program, width, paint } = style;
  const flags = formatFlags(options, width);
  const name = [program, ...path].join(" ");
  const column = columnOf(Object.keys(subcommands));
  const sections = Object.entries(titles).map(([group, title]) =>
    sectionText(title, rowsOf(subcommands, group), column, style),
  );
  return [
    `${paint("Usage:", "bold")}  ${name}${flags === "" ? "" : " [OPTIONS]"} COMMAND\n\n${summary}\n`,
    flags === "" ? "" : `\n${paint("Options:", "bold")}\n${flags}\n`,
    ...sections,
    `\nRun '${name} COMMAND --help' for more information on a command.\n`,
  ].join("");
}

type Row = readonly [name: string, text: string];

/** Names are padded to the longest, and to eleven letters at least. */
function columnOf(names: readonly string[]): number {
  return Math.max(...names.map(({ length }) => length), 11) + 1;
}

function rowsOf(table: CommandTable, group: string): Row[] {
  const shown = Object.entries(table).filter(([, entry]) => !entry.hidden && entry.group === group);
  const rows = shown.map(([name, { summary }]): Row => [name, summary]).sort(byName);
  const place = ([name]: Row) => (first.includes(name) ? first.indexOf(name) : first.length);
  return group === "common" ? rows.sort((a, b) => place(a) - place(b)) : rows;
}

function byName([a]: Row, [b]: Row): number {
  return a < b ? -1 : 1;
}

export function sectionText(
  title: string,
  rows: readonly Row[],
  column: number,
  { paint }: HelpStyle,
): string {
  if (rows.length === 0) return "";
  const lines = rows.map(
    ([name, text]) => `  ${paint(name, "cyan")}${" ".repeat(column - name.length)}${text}`,
  );
  return `\n${paint(`${title}:`, "bold")}\n${lines.join("\n")}\n`;
}

/**
 * One command may be reached by several paths (`ps`, `container ls`): the one that was typed is
 * shown. A usage of several lines has the command's name on each.
 */
export function usageLine(usage: string, program: string, path: readonly string[]): string {
  return usage
    .split("\n")
    .map((line) => {
      const words = line.trim().split(" ");
      const from = words.findIndex((word) => !/^[a-z][a-z-]*$/.test(word));
      return [program, ...path, ...(from < 0 ? [] : words.slice(from))].join(" ");
    })
    .join("\n\t");
}
