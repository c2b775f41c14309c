import { EngineError } from "../../errors/engine-error.ts";
import type { Place } from "./provenance.ts";

/** What is wrong with a file, and where: `compose.yaml:12:5: services.web: …`. */
export class ComposeFileError extends EngineError {
  constructor(
    readonly problems: readonly ComposeProblem[],
    cause?: unknown,
  ) {
    super("invalid_argument", problems.map(problemLine).join("\n"), cause);
  }
}

export interface ComposeProblem {
  readonly place: Place | undefined;
  /** `services.web.ports[0]`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
  /** The nearest valid key or value. */
  readonly nearest?: string;
}

function problemLine({ place, path, message, nearest }: ComposeProblem): string {
  const where = place ? `${place.file}:${place.line}:${place.column}: ` : "";
  const hint = nearest === undefined ? "" : ` (did you mean ${JSON.stringify(nearest)}?)`;
  return `${where}${path === "" ? "" : `${path}: `}${message}${hint}`;
}
