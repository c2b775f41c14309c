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

export function exitCodeOf(error: unknown, usageExitCode: number = exitCode.engineFailed): number {
  if (error instanceof UsageError) return error.exitCode ?? usageExitCode;
  return error instanceof EngineError ? exitCode.failed : 2;
}
