import { EngineError, isKind, messageOf } from "../../errors/engine-error.ts";
import { DockerfileError } from "../dockerfile/dockerfile-error.ts";
import type { SourceFile, SourceRange } from "../dockerfile/source.ts";

/** What is wrong with the user's words, or with what they lead to, is said with their place. */
export async function located<T>(file: SourceFile, range: SourceRange, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DockerfileError) throw error;
    if (!(error instanceof EngineError) || isKind(error, "cancelled")) throw error;
    throw new DockerfileError(messageOf(error), file, range, { cause: error });
  }
}
