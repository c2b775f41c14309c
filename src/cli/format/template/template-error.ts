import { invalidArgument } from "../../../errors/engine-error.ts";

/** A mistake in a template, found before anything is printed. */
export function templateError(reason: string, cause?: unknown) {
  return invalidArgument(`template parsing error: template: :1: ${reason}`, cause);
}

/** A template that does not fit the data it was given. */
export function executionError(source: string, reason: string, cause?: unknown) {
  return invalidArgument(
    `template parsing error: template: :1: executing "" at <${source}>: ${reason}`,
    cause,
  );
}
