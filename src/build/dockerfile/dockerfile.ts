import type { Instruction, InstructionOf } from "./instruction.ts";
import type { BuildWarning, SourceFile } from "./source.ts";

/** A Dockerfile read and checked for form; nothing is expanded yet. */
export interface Dockerfile {
  readonly source: SourceFile;
  readonly directives: Directives;
  /** ARG before the first FROM. */
  readonly globalArgs: readonly InstructionOf<"ARG">[];
  readonly stages: readonly Stage[];
  /** Found while reading: a broken JSON form, an empty continuation line. */
  readonly warnings: readonly BuildWarning[];
}

export interface Directives {
  readonly syntax?: string;
  readonly escape: "\\" | "`";
  /** `# check=skip=A,B;error=true`; the one name `all` stands for every rule. */
  readonly check: {
    readonly skip: readonly string[];
    readonly experimental: readonly string[];
    readonly error: boolean;
  };
}

export interface Stage {
  readonly index: number;
  /** After AS, lower case. */
  readonly name?: string;
  readonly from: InstructionOf<"FROM">;
  readonly instructions: readonly Instruction[];
}
