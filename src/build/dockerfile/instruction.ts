import type { SourceRange } from "./source.ts";

/**
 * One instruction each, words as written: quotes and variables are still in them, because what
 * they expand to depends on the stage. `expandWord` of this room turns one into its value.
 */
export type Instruction =
  | From
  | Arg
  | Env
  | Label
  | Run
  | Copy
  | Add
  | Workdir
  | User
  | Volume
  | Expose
  | CommandLine
  | Shell
  | Stopsignal
  | HealthcheckInstruction
  | Onbuild
  | Maintainer;

export type InstructionOf<Name extends Instruction["name"]> = Extract<Instruction, { name: Name }>;

interface Common {
  readonly range: SourceRange;
  /** The instruction as it stands in history and in messages: on one line, keyword in capitals, heredocs left out. */
  readonly original: string;
}

export interface From extends Common {
  readonly name: "FROM";
  readonly image: string;
  readonly platform?: string;
  /** As written; the stage has it in lower case. */
  readonly as?: string;
}

export interface Arg extends Common {
  readonly name: "ARG";
  readonly args: readonly { readonly key: string; readonly value?: string }[];
}

/** `key=value` pairs in order, or the one pair of the old form `ENV key rest of the line`. */
export interface Env extends Common {
  readonly name: "ENV";
  readonly pairs: readonly Pair[];
}

export interface Label extends Common {
  readonly name: "LABEL";
  readonly pairs: readonly Pair[];
}

export interface Pair {
  readonly key: string;
  readonly value: string;
  /** The old form without `=`. */
  readonly legacy: boolean;
}

/** A shell line, or exec form words. A JSON array that does not parse is a shell line, with a warning. */
export type CommandForm =
  | { readonly form: "shell"; readonly line: string }
  | { readonly form: "exec"; readonly words: readonly string[] };

export interface Heredoc {
  readonly name: string;
  readonly content: string;
  /** False when the delimiter was quoted: variables stay. */
  readonly expand: boolean;
  /** `<<-`: leading tabs are gone from content already. */
  readonly chomp: boolean;
}

export interface Run extends Common {
  readonly name: "RUN";
  readonly command: CommandForm;
  readonly heredocs: readonly Heredoc[];
  readonly mounts: readonly RunMount[];
  readonly network: "default" | "none" | "host";
  readonly security: "sandbox" | "insecure";
}

/** Values unexpanded; absent means the default of its type. `expandRunMount` gives it with its values. */
export interface RunMount {
  /** As written: `type=cache,target=/root/.cache`. */
  readonly text: string;
  readonly type: "bind" | "cache" | "tmpfs" | "secret" | "ssh";
  readonly target?: string;
  readonly source?: string;
  readonly from?: string;
  readonly readonly?: boolean;
  readonly id?: string;
  readonly sharing?: "shared" | "private" | "locked";
  readonly mode?: string;
  readonly uid?: string;
  readonly gid?: string;
  readonly required?: boolean;
  readonly size?: string;
  /** Of a secret: the variable it is put in. */
  readonly env?: string;
}

interface Transfer extends Common {
  readonly sources: readonly string[];
  /** Sources that are written in the Dockerfile itself; `name` is the file's name. */
  readonly heredocs: readonly Heredoc[];
  readonly destination: string;
  readonly chown?: string;
  readonly chmod?: string;
  readonly link: boolean;
  readonly excludes: readonly string[];
}

export interface Copy extends Transfer {
  readonly name: "COPY";
  readonly from?: string;
  readonly parents: boolean;
}

export interface Add extends Transfer {
  readonly name: "ADD";
  readonly checksum?: string;
  readonly keepGitDir: boolean;
  /** Absent: archives of the context are unpacked, downloaded ones are not. */
  readonly unpack?: boolean;
}

export interface Workdir extends Common {
  readonly name: "WORKDIR";
  readonly path: string;
}

export interface User extends Common {
  readonly name: "USER";
  readonly user: string;
}

export interface Volume extends Common {
  readonly name: "VOLUME";
  readonly paths: readonly string[];
}

export interface Expose extends Common {
  readonly name: "EXPOSE";
  readonly ports: readonly string[];
}

export interface CommandLine extends Common {
  readonly name: "CMD" | "ENTRYPOINT";
  readonly command: CommandForm;
}

export interface Shell extends Common {
  readonly name: "SHELL";
  readonly words: readonly string[];
}

export interface Stopsignal extends Common {
  readonly name: "STOPSIGNAL";
  readonly signal: string;
}

export interface HealthcheckInstruction extends Common {
  readonly name: "HEALTHCHECK";
  /** Undefined: HEALTHCHECK NONE. Durations as written. */
  readonly check?: {
    readonly command: CommandForm;
    readonly interval?: string;
    readonly timeout?: string;
    readonly startPeriod?: string;
    readonly startInterval?: string;
    readonly retries?: string;
  };
}

export interface Onbuild extends Common {
  readonly name: "ONBUILD";
  /** The instruction to come, as text: it is read when an image is built on this one. */
  readonly trigger: string;
}

export interface Maintainer extends Common {
  readonly name: "MAINTAINER";
  readonly author: string;
}
