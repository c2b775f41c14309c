import type { Dockerfile } from "../dockerfile.ts";
import type { Instruction } from "../instruction.ts";
import type { SourceRange } from "../source.ts";
import type { LintFacts } from "./facts.ts";
import type { Visit } from "./scopes.ts";

/** A Dockerfile with what several rules want to know of it. */
export interface Subject {
  readonly dockerfile: Dockerfile;
  readonly facts: LintFacts;
  readonly lines: readonly string[];
  /** Every instruction of the stages in order, with the variables it can see. */
  readonly visits: readonly Visit[];
  /** Variables of FROM: arguments before the first one, and those that are always there. */
  readonly globals: ReadonlyMap<string, string>;
}

export interface Finding {
  readonly message: string;
  readonly range: SourceRange;
  /** Where a `# check=skip=…` right above counts for it. */
  readonly at: Instruction;
  readonly rewrite?: string;
}

export interface Rule {
  readonly name: string;
  readonly detail: string;
  readonly url?: string;
  /** Only when asked for by name. */
  readonly experimental?: boolean;
  readonly find: (subject: Subject) => Iterable<Finding>;
}

/** Where BuildKit explains its rules. */
export const docs = (page: string) => `https://docs.docker.com/go/dockerfile/rule/${page}/`;

export function* allInstructions({ globalArgs, stages }: Dockerfile): Generator<Instruction> {
  yield* globalArgs;
  for (const stage of stages) {
    yield stage.from;
    yield* stage.instructions;
  }
}

/** The instruction as it stands in the file, its first line without what is before it. */
export function textOf(subject: Subject, { range }: Instruction): string {
  const lines = subject.lines.slice(range.start.line - 1, range.end.line);
  const first = (lines[0] ?? "").slice(range.start.column - 1);
  return [first, ...lines.slice(1)].join("\n");
}

export const keywordOf = (subject: Subject, instruction: Instruction): string =>
  /^\S*/.exec(textOf(subject, instruction))?.[0] ?? "";

/** The instruction with its first `from` replaced. */
export const edited = (
  subject: Subject,
  instruction: Instruction,
  from: string | RegExp,
  to: string,
): string => textOf(subject, instruction).replace(from, () => to);
