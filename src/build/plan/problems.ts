import { isKind, messageOf } from "../../errors/engine-error.ts";
import { DockerfileError } from "../dockerfile/dockerfile-error.ts";
import type { SourceFile, SourceRange } from "../dockerfile/source.ts";

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
