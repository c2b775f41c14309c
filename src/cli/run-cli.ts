import { firstError, isKind } from "../errors/engine-error.ts";
import { buildInfo } from "../lib/build-info.ts";
import type { CommandEntry, CommandTable, Terminal } from "./command.ts";
import { exitCode, exitCodeOf } from "./exit-code.ts";
import { type ParsedFlags, parseFlags, UsageError } from "./flags/parse.ts";
import { type GlobalFlags, globalFlags, globalsOf } from "./globals.ts";
import { usageLine } from "./help/help.ts";
import { openSession } from "./open-session.ts";
import type { Call, Session } from "./session.ts";
import { findCommand, lookUp } from "./words/find-command.ts";
import { withHelpAndCompletion } from "./words/help-and-completion.ts";
import { checkArguments, failureMessage, unknownCommand, usageMessage } from "./words/usage-messages.ts";

/** Reads global options, finds the command, reads its flags, runs it; gives the exit code of the process. */
export async function runCli(
  args: readonly string[],
  given: CommandTable,
  terminal: Terminal,
  call: Call,
): Promise<number> {
  const { program, env } = call;
  const table = withHelpAndCompletion(given);
  const isCommand = (word: string) => {
    const [, entry] = lookUp(word, table) ?? [];
    return entry !== undefined && !entry.yieldsToPlugin;
  };
  const [verb = "", ...typed] = args;
  if (verb === "__complete" || verb === "__completeNoDesc") {
    const { answerCompletion } = await import("./completion/answer.ts");
    return await answerCompletion(typed, verb === "__complete", table, terminal, call, isCommand);
  }
  const notice = (text: string) => terminal.err(`${text}\n`);
  let parsed: ParsedFlags<GlobalFlags>;
  let session: Session;
  try {
    parsed = parseFlags(globalFlags(env), args, { interspersed: false, notice });
    session = openSession(globalsOf(parsed, env), call, args, isCommand);
  } catch (error) {
    if (!(error instanceof UsageError)) {
      terminal.err(failureMessage(error));
      return exitCodeOf(error);
    }
    terminal.err(usageMessage(error, program, `${program} [OPTIONS] COMMAND [ARG...]`));
    return exitCode.engineFailed;
  }
  const words = parsed.positional;
  try {
    if (words.length > 0) return await runCommand(words, parsed.help, table, terminal, session);
    if (parsed.values.version && !parsed.help) return printVersion(terminal, program);
    const { showOverview } = await import("./help/show-help.ts");
    return await showOverview(table, terminal, session);
  } finally {
    session.end();
  }
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
  help: boolean,
  table: CommandTable,
  terminal: Terminal,
  session: Session,
): Promise<number> {
  const { program } = session;
  const [first = ""] = words;
  const plugin = session.isCommand(first) ? await aliasOf(first, session) : first;
  if (plugin !== undefined) {
    const { runPlugin } = await import("./plugins/run-plugin.ts");
    const code = await runPlugin(plugin, session, words);
    if (code !== undefined) return code;
  }
  const found = findCommand(words, table);
  if (found.kind === "unknown") {
    if (help && found.path.length === 0) {
      return (await import("./help/show-help.ts")).showOverview(table, terminal, session);
    }
    terminal.err(unknownCommand(found.word, found.path, found.among, program));
    return exitCode.failed;
  }
  const { entry, path, args } = found;
  if (!entry.load) return runGroup(entry, path, args, help, table, terminal, session);
  return runLoaded(entry, path, args, help, table, terminal, session);
}

/** `docker buildx install` writes that `builder` is the plugin's from now on; no other word may be given away. */
async function aliasOf(word: string, session: Session): Promise<string | undefined> {
  return word === "builder" ? (await session.config()).aliases?.[word] : undefined;
}

/** A word that only groups others: its help, or what stands behind flags of its own (`compose -f FILE up`). */
async function runGroup(
  entry: CommandEntry,
  path: readonly string[],
  args: readonly string[],
  help: boolean,
  table: CommandTable,
  terminal: Terminal,
  session: Session,
): Promise<number> {
  const name = [session.program, ...path].join(" ");
  try {
    const notice = (text: string) => terminal.err(`${text}\n`);
    const flags = (await entry.options?.()) ?? {};
    const group = parseFlags(flags, args, { interspersed: false, notice });
    if (group.positional.length > 0) {
      const words = [...path, ...group.positional];
      return await runCommand(words, help || group.help, table, terminal, { ...session, group });
    }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    terminal.err(usageMessage(error, name, name));
    return exitCodeOf(error, entry.usageExitCode);
  }
  const { showGroupHelp } = await import("./help/show-help.ts");
  return showGroupHelp(entry, path, terminal, session);
}

async function runLoaded(
  entry: CommandEntry,
  path: readonly string[],
  args: readonly string[],
  help: boolean,
  table: CommandTable,
  terminal: Terminal,
  session: Session,
): Promise<number> {
  const name = [session.program, ...path].join(" ");
  const command = await entry.load?.();
  if (!command) throw new Error(`${name} has no code`);
  try {
    const notice = (text: string) => terminal.err(`${text}\n`);
    const parsed = parseFlags(command.flags, args, { interspersed: command.interspersed ?? true, notice });
    if (parsed.help || help) {
      const { showCommandHelp } = await import("./help/show-help.ts");
      return await showCommandHelp(entry.summary, command, path, table, terminal, session);
    }
    checkArguments(name, command, parsed.positional.length);
    return await command.run(parsed, terminal, session);
  } catch (thrown) {
    const error = firstError(thrown);
    if (error instanceof UsageError) {
      terminal.err(usageMessage(error, name, usageLine(command.usage, session.program, path)));
    } else terminal.err((await textOf(error, session)) + (await hintFor(error, session)));
    return exitCodeOf(error, command.usageExitCode);
  }
}

/** Mistakes in files are shown with the lines they are in. */
async function textOf(error: unknown, session: Session): Promise<string> {
  if (!(error instanceof Error && "problems" in error)) return failureMessage(error);
  const { fileProblems } = await import("./compose/file-problems.ts");
  return fileProblems(error, session.env) ?? failureMessage(error);
}

/** The name that was probably meant, when an engine answers that there is none such. */
async function hintFor(error: unknown, session: Session): Promise<string> {
  if (!isKind(error, "not_found")) return "";
  const { didYouMean } = await import("./containers/did-you-mean.ts");
  return didYouMean(await session.engine(), error);
}
