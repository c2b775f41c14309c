import { EngineAnswer, messageOf } from "../errors/engine-error.ts";
import { buildInfo } from "../lib/build-info.ts";
import { nearest } from "../lib/nearest.ts";
import type { Command, CommandEntry, CommandTable, Terminal } from "./command.ts";
import { exitCode, exitCodeOf } from "./exit-code.ts";
import { findCommand } from "./find-command.ts";
import { type ParsedFlags, parseFlags, UsageError } from "./flags/parse.ts";
import { type GlobalFlags, globalFlags, globalsOf } from "./globals.ts";
import { commandHelp, overview, usageLine } from "./help.ts";
import { openSession } from "./open-session.ts";
import type { Call, Session } from "./session.ts";

/** Reads global options, finds the command, reads its flags, runs it; gives the exit code of the process. */
export async function runCli(
  args: readonly string[],
  table: CommandTable,
  terminal: Terminal,
  call: Call,
): Promise<number> {
  const { program, env } = call;
  const flags = globalFlags(env);
  let parsed: ParsedFlags<GlobalFlags>;
  let session: Session;
  try {
    parsed = parseFlags(flags, args, { interspersed: false });
    session = openSession(globalsOf(parsed, env), call);
  } catch (error) {
    if (!(error instanceof UsageError)) {
      terminal.err(failureMessage(error));
      return exitCodeOf(error);
    }
    terminal.err(usageMessage(error, program, `${program} [OPTIONS] COMMAND [ARG...]`));
    return exitCode.engineFailed;
  }
  const [first, ...rest] = parsed.positional;
  if (parsed.values.version) return printVersion(terminal, program);
  if (parsed.help || first === undefined || (first === "help" && rest.length === 0)) {
    terminal.out(overview(table, program, [], flags));
    return exitCode.ok;
  }
  if (first === "help") return runCommand([...rest, "--help"], table, terminal, session);
  return runCommand(parsed.positional, table, terminal, session);
}

/** Of this program alone: asks no engine. */
function printVersion(terminal: Terminal, program: string): number {
  const version = `version ${buildInfo.version}, build ${buildInfo.commit || "source"}`;
  // Scripts look for "Docker version"; people should see what it is.
  terminal.out(program === "docker" ? `Docker ${version} (Hull)\n` : `Hull ${version}\n`);
  return exitCode.ok;
}

async function runCommand(
  words: readonly string[],
  table: CommandTable,
  terminal: Terminal,
  session: Session,
): Promise<number> {
  const { program } = session;
  const found = findCommand(words, table);
  if (found.kind === "unknown") {
    terminal.err(unknownCommand(found.word, found.path, found.among, program));
    return exitCode.failed;
  }
  const { entry, path, args } = found;
  if (!entry.load) {
    terminal.out(overview(entry.subcommands ?? {}, program, path, undefined, entry.summary));
    return exitCode.ok;
  }
  return runLoaded(entry, path, args, terminal, session);
}

async function runLoaded(
  entry: CommandEntry,
  path: readonly string[],
  args: readonly string[],
  terminal: Terminal,
  session: Session,
): Promise<number> {
  const name = [session.program, ...path].join(" ");
  const command = await entry.load?.();
  if (!command) throw new Error(`${name} has no code`);
  try {
    const parsed = parseFlags(command.flags, args, { interspersed: command.interspersed ?? true });
    if (parsed.help) {
      terminal.out(commandHelp(entry, command, session.program, path));
      return exitCode.ok;
    }
    checkArguments(name, command, parsed.positional.length);
    return await command.run(parsed, terminal, session);
  } catch (error) {
    if (error instanceof UsageError) {
      terminal.err(usageMessage(error, name, usageLine(command.usage, session.program, path)));
    } else terminal.err(failureMessage(error));
    return exitCodeOf(error, command.usageExitCode);
  } finally {
    session.end();
  }
}

/** What an engine answered is told apart from what this program found out itself, in Docker's words. */
function failureMessage(error: unknown): string {
  return `${error instanceof EngineAnswer ? "Error response from daemon: " : ""}${messageOf(error)}\n`;
}

function usageMessage(error: UsageError, name: string, usage: string): string {
  return `${messageOf(error)}\n\nUsage:  ${usage}\n\nRun '${name} --help' for more information\n`;
}

function unknownCommand(word: string, path: readonly string[], among: CommandTable, program: string): string {
  const name = [program, ...path].join(" ");
  const near = nearest(word, Object.keys(among));
  const hint = near === undefined ? "" : `Did you mean '${name} ${near}'?\n`;
  const usage = path.length === 0 ? "" : `Usage:  ${name}\n\n`;
  return `${program}: unknown command: ${name} ${word}\n${hint}\n${usage}Run '${name} --help' for more information\n`;
}

/** Too few or too many arguments: exit code 1, where a wrong flag is 125. */
class ArgumentsError extends UsageError {
  override readonly exitCode = exitCode.failed;
}

function checkArguments(name: string, command: Command, count: number): void {
  const [least, most] = command.arguments;
  if (count >= least && count <= most) return;
  const wrong = (what: string) => new ArgumentsError(`${name.split(" ")[0]}: '${name}' ${what}`);
  const plural = (n: number) => (n === 1 ? "argument" : "arguments");
  if (most === 0) throw wrong("accepts no arguments");
  if (least === most) throw wrong(`requires ${least} ${plural(least)}`);
  if (count < least) throw wrong(`requires at least ${least} ${plural(least)}`);
  throw wrong(`requires at most ${most} ${plural(most)}`);
}
