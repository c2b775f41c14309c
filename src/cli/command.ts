import type { FlagCompletion, FlagSet } from "./flags/flag.ts";
import type { ParsedFlags } from "./flags/parse.ts";
import type { Session } from "./session.ts";

/** Where a command reads and writes; tests pass their own. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
}

/** One command, loaded when it is called. */
export interface Command<S extends FlagSet = FlagSet> {
  /** The words after `hull`, and the arguments: `version [OPTIONS]`. */
  readonly usage: string;
  readonly flags: S;
  /** False: arguments end the flags, as in `run IMAGE COMMAND -x`. */
  readonly interspersed?: boolean;
  /** Least and most arguments. */
  readonly arguments: readonly [number, number];
  /** Exit code for mistakes in the command line; 125 for those that run containers. */
  readonly usageExitCode?: number;
  /** What `--help` begins with, where it is more than the summary of lists. */
  readonly long?: string;
  /** Between summary and flags in help: examples, tables. */
  readonly details?: string;
  /** What `help COMMAND` says beyond summary and flags; where absent, `topics/examples/` has it. */
  readonly manual?: Manual;
  /** What its arguments may be, for the completion of shells; the last one holds for all that follow. */
  readonly complete?: readonly FlagCompletion[];
  /** `session.engine()` is the engine this call is about. */
  run(parsed: ParsedFlags<S>, terminal: Terminal, session: Session): Promise<number>;
}

/** The part of a command's page that a person reads first. */
export interface Manual {
  /** Paragraphs: what it does and what to know before, in a few sentences. */
  readonly about: string;
  readonly examples: readonly (readonly [what: string, line: string])[];
  /** Topics and commands to read next. */
  readonly also?: readonly string[];
}

export interface CommandEntry {
  readonly summary: string;
  readonly group: "common" | "management" | "swarm" | "command";
  /** Absent for a word that only groups commands (`container`, `image`). */
  readonly load?: () => Promise<Command>;
  readonly subcommands?: CommandTable;
  /** Flags of the group itself, in front of its command: `compose -f FILE up`. They are in `session.group`. */
  readonly options?: () => Promise<FlagSet>;
  /** Exit code for mistakes in these; 125 unless it is said otherwise. */
  readonly usageExitCode?: number;
  /** Other words for the same command; they are not listed. */
  readonly aliases?: readonly string[];
  readonly hidden?: boolean;
  /** A plugin of this name is run instead, where there is one: ours only stands in for it. */
  readonly yieldsToPlugin?: boolean;
}

export type CommandTable = Readonly<Record<string, CommandEntry>>;

/** Keeps the flag types of a command while it is stored beside others. */
export function command<const S extends FlagSet>(definition: Command<S>): Command {
  return definition as unknown as Command;
}
