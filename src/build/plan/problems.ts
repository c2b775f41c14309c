import { isKind, messageOf } from "../../errors/engine-error.ts";
import { nearest } from "../../lib/nearest.ts";
import { DockerfileError } from "../dockerfile/dockerfile-error.ts";
import type { Instruction } from "../dockerfile/instruction.ts";
import type { BuildWarning, SourceFile, SourceRange } from "../dockerfile/source.ts";
import type { StageDraft } from "./stage-draft.ts";

/** What is wrong with the user's words is said with their place. */
export async function located<T>(file: SourceFile, range: SourceRange, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DockerfileError) throw error;
    const isUsers = (["invalid_argument", "not_found", "forbidden", "not_implemented"] as const).some(
      (kind) => isKind(error, kind),
    );
    if (!isUsers) throw error;
    throw new DockerfileError(messageOf(error), file, range, { cause: error });
  }
}

/** Each name that is used and set nowhere is warned of once an instruction. */
export class UndefinedNames {
  readonly #warn: (warning: BuildWarning) => void;
  readonly #said = new Set<string>();

  constructor(warn: (warning: BuildWarning) => void) {
    this.#warn = warn;
  }

  report(
    unset: ReadonlySet<string>,
    word: string,
    instruction: Instruction,
    known: Pick<StageDraft, "env" | "args">,
  ): void {
    for (const name of unset) {
      const key = `${instruction.range.start.line} ${name}`;
      // Declared without a value, or with something said for the case that it is not set.
      if (known.args.has(name) || this.#said.has(key) || new RegExp(`\\$\\{${name}[:+?-]`).test(word))
        continue;
      this.#said.add(key);
      const meant = nearest(name, [...known.env.keys(), ...known.args.keys()]);
      this.#warn({
        rule: "UndefinedVar",
        message: `Usage of undefined variable '$${name}'${meant === undefined ? "" : ` (did you mean $${meant}?)`}`,
        detail: "Variables should be defined before their use.",
        url: "https://docs.docker.com/go/dockerfile/rule/undefined-var/",
        range: instruction.range,
      });
    }
  }
}
