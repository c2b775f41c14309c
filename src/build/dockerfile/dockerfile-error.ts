import { EngineError } from "../../errors/engine-error.ts";
import type { SourceFile, SourceRange } from "./source.ts";

/** A mistake in a Dockerfile, at its place. The message alone is a whole sentence for those who only see that. */
export class DockerfileError extends EngineError {
  readonly file: SourceFile;
  readonly range: SourceRange;
  /** What to write instead, where it can be guessed. */
  readonly hint: string | undefined;
  /** The message without the line, for those who show the place beside it. */
  readonly reason: string;

  constructor(
    message: string,
    file: SourceFile,
    range: SourceRange,
    options: { hint?: string; cause?: unknown; reason?: string } = {},
  ) {
    super("invalid_argument", message, options.cause);
    this.name = "DockerfileError";
    this.file = file;
    this.range = range;
    this.hint = options.hint;
    this.reason = options.reason ?? message;
  }
}

/** A mistake of form, in the words the docker program shows it with. */
export const parseError = (
  file: SourceFile,
  range: SourceRange,
  reason: string,
  options: { hint?: string; cause?: unknown } = {},
) =>
  new DockerfileError(`dockerfile parse error on line ${range.start.line}: ${reason}`, file, range, {
    ...options,
    reason,
  });
