import type { Command, CommandEntry, CommandTable, Terminal } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import { usualWidth } from "../flags/help.ts";
import { globalFlags } from "../globals.ts";
import type { Session } from "../session.ts";
import { mayColour, painter } from "../terminal/colours.ts";
import { standardInput, windowSize } from "../terminal/tty.ts";
import { spellings } from "../words/spellings.ts";
import { commandHelp, groupHelp, type HelpStyle, overview, type PluginRow } from "./help.ts";

/** The window is that of standard input, as Docker takes it: `--help | less` still fits. */
export function helpStyle({ program, env }: Session): HelpStyle {
  const width = windowSize(standardInput)?.columns ?? usualWidth;
  return { program, width, paint: painter(mayColour(env)) };
}

export async function overviewText(table: CommandTable, session: Session): Promise<string> {
  const plugins = await pluginRows(session);
  return overview(table, globalFlags(session.env), plugins, helpStyle(session));
}

export async function showOverview(
  table: CommandTable,
  terminal: Terminal,
  session: Session,
): Promise<number> {
  terminal.out(await overviewText(table, session));
  return exitCode.ok;
}

export async function showGroupHelp(
  entry: CommandEntry,
  path: readonly string[],
  terminal: Terminal,
  session: Session,
): Promise<number> {
  const options = (await entry.options?.()) ?? {};
  terminal.out(groupHelp(entry, path, options, helpStyle(session)));
  return exitCode.ok;
}

export async function showCommandHelp(
  summary: string,
  command: Command,
  path: readonly string[],
  table: CommandTable,
  terminal: Terminal,
  session: Session,
): Promise<number> {
  terminal.out(commandHelp(summary, command, path, spellings(path, table), helpStyle(session)));
  return exitCode.ok;
}

async function pluginRows(session: Session): Promise<PluginRow[]> {
  const { listPlugins } = await import("../plugins/list-plugins.ts");
  const plugins = await listPlugins(session);
  return plugins.map(({ name, metadata, wrong }) => ({
    name,
    summary: metadata?.ShortDescription ?? "",
    ...(wrong !== undefined && { wrong }),
  }));
}
