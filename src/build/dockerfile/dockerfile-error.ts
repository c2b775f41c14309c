import { EngineError } from "../../errors/engine-error.ts";
import type { SourceFile, SourceRange } from "./source.ts";

/** A mistake in a Dockerfile, at its place. The message alone is a whole sentence for those who only see that. */
export class DockerfileError extends EngineError {
  readonly file: SourceFile;
  readonly range: SourceRange;
  /** What to write instead, where it can be guessed. */
  readonly hint: string | undefined;

  constructor(
    message: string,
    file: SourceFile,
    range: SourceRange,
    options: { hint?: string; cause?: unknown } = {},
  ) {
    super("invalid_argument", message, options.cause);
    this.name = "DockerfileError";
    this.file = file;
    this.range = range;
    this.hint = options.hint;
  }
}
