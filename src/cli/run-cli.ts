import { messageOf } from "../errors/engine-error.ts";
import { buildInfo } from "../lib/build-info.ts";
import type { Command, CommandEntry, CommandTable, Terminal } from "./command.ts";
import { exitCode, exitCodeOf } from "./exit-code.ts";
import { formatFlags } from "./flags/help.ts";
import { nearest } from "./flags/nearest.ts";
import { parseFlags, UsageError } from "./flags/parse.ts";

/** Finds the command, reads its flags, runs it; the result is the exit code of the process. */
export async function runCli(
  args: readonly string[],
  table: CommandTable,
  terminal: Terminal,
): Promise<number> {
  const [first = "--help", ...rest] = args;
  if (first === "--version" || first === "-v") return printVersion(terminal);
  if (first === "--help" || first === "-h") return printOverview(table, terminal);
  if (first === "help") {
    return rest.length === 0
      ? printOverview(table, terminal)
      : runCommand([...rest, "--help"], table, terminal);
  }
  if (first.startsWith("-")) {
    terminal.err(`${unknownFlag(first)}\nSee 'hull --help'.\n`);
    return exitCode.engineFailed;
  }
  return runCommand(args, table, terminal);
}

/** Of this program alone: asks no engine. */
function printVersion(terminal: Terminal): number {
  terminal.out(`Hull version ${buildInfo.version}, build ${buildInfo.commit || "source"}\n`);
  return exitCode.ok;
}

async function runCommand(
  words: readonly string[],
  table: CommandTable,
  terminal: Terminal,
): Promise<number> {
  const found = findCommand(words, table);
  if (found.kind === "unknown") {
    const near = nearest(found.word, Object.keys(found.among));
    const hint = near === undefined ? "" : `Did you mean '${near}'?\n`;
    const path = ["hull", ...found.path].join(" ");
    terminal.err(`hull: '${found.word}' is not a ${path} command.\n${hint}See '${path} --help'\n`);
    return exitCode.failed;
  }
  const { entry, path, args } = found;
  if (!entry.load) return printOverview(entry.subcommands ?? {}, terminal, path, entry.summary);
  const name = path.join(" ");
  const command = await entry.load();
  try {
    const parsed = parseFlags(command.flags, args, { interspersed: command.interspersed ?? true });
    if (parsed.help) {
      terminal.out(commandHelp(entry.summary, command));
      return exitCode.ok;
    }
    checkArguments(name, command, parsed.positional.length);
    return await command.run(parsed, terminal);
  } catch (error) {
    const isUsage = error instanceof UsageError;
    const hint = isUsage ? `\nSee 'hull ${name} --help'.` : "";
    terminal.err(`${isUsage ? "" : "Error: "}${messageOf(error)}${hint}\n`);
    return exitCodeOf(error, command.usageExitCode);
  }
}

type Found =
  | { kind: "command"; entry: CommandEntry; path: string[]; args: readonly string[] }
  | { kind: "unknown"; word: string; path: string[]; among: CommandTable };

/** Follows words down the table as far as they name commands: `container ls -a`. */
function findCommand(words: readonly string[], table: CommandTable): Found {
  let among = table;
  const path: string[] = [];
  for (;;) {
    const word = words[path.length] ?? "";
    const entry = Object.hasOwn(among, word) ? among[word] : undefined;
    if (!entry) return { kind: "unknown", word, path, among };
    path.push(word);
    const next = words[path.length];
    const deeper = entry.subcommands;
    const goesDeeper = deeper && next !== undefined && (Object.hasOwn(deeper, next) || !entry.load);
    if (!goesDeeper || next.startsWith("-"))
      return { kind: "command", entry, path, args: words.slice(path.length) };
    among = deeper;
  }
}

function checkArguments(name: string, command: Command, count: number): void {
  const [least, most] = command.arguments;
  if (count >= least && count <= most) return;
  const plural = (n: number) => (n === 1 ? "argument" : "arguments");
  if (most === 0) throw new UsageError(`"hull ${name}" accepts no arguments.`);
  if (least === most) throw new UsageError(`"hull ${name}" requires exactly ${least} ${plural(least)}.`);
  if (count < least) throw new UsageError(`"hull ${name}" requires at least ${least} ${plural(least)}.`);
  throw new UsageError(`"hull ${name}" requires at most ${most} ${plural(most)}.`);
}

function unknownFlag(arg: string): string {
  return arg.startsWith("--")
    ? `unknown flag: ${arg.split("=")[0]}`
    : `unknown shorthand flag: '${arg.charAt(1)}' in ${arg}`;
}

export function commandHelp(summary: string, command: Pick<Command, "usage" | "flags">): string {
  const flags = formatFlags(command.flags);
  return `Usage:  hull ${command.usage}\n\n${summary}\n${flags === "" ? "" : `\nOptions:\n${flags}\n`}`;
}

function printOverview(
  table: CommandTable,
  terminal: Terminal,
  path: readonly string[] = [],
  summary = "Containers in one executable: the engine and its command line",
): number {
  const name = ["hull", ...path].join(" ");
  const titles = { common: "Common Commands", management: "Management Commands", command: "Commands" };
  const width = Math.max(...Object.keys(table).map((word) => word.length)) + 2;
  let text = `Usage:  ${name} ${path.length === 0 ? "[OPTIONS] " : ""}COMMAND\n\n${summary}\n`;
  for (const [group, title] of Object.entries(titles)) {
    const rows = Object.entries(table).filter(([, entry]) => entry.group === group);
    if (rows.length === 0) continue;
    text += `\n${title}:\n${rows.map(([word, entry]) => `  ${word.padEnd(width)}${entry.summary}`).join("\n")}\n`;
  }
  terminal.out(`${text}\nRun '${name} COMMAND --help' for more information on a command.\n`);
  return exitCode.ok;
}
