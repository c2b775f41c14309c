import { EngineError } from "../errors/engine-error.ts";
import { UsageError } from "./flags/parse.ts";

/** What a failed command ends with: Docker's numbers. */
export const exitCode = {
  ok: 0,
  failed: 1,
  /** The engine could not do what `run`, `create` or `exec` asked, or the command line was wrong. */
  engineFailed: 125,
  notExecutable: 126,
  notFound: 127,
} as const;

/** A failure whose exit code is another than usual. */
export class CodedError extends EngineError {
  readonly exitCode: number;

  constructor(message: string, code: number = exitCode.failed, cause?: unknown) {
    super("invalid_argument", message, cause);
    this.exitCode = code;
  }
}

export function exitCodeOf(error: unknown, usageExitCode: number = exitCode.engineFailed): number {
  if (error instanceof UsageError) return error.exitCode ?? usageExitCode;
  if (error instanceof CodedError) return error.exitCode;
  return error instanceof EngineError ? exitCode.failed : 2;
}
