import { EngineError } from "../../errors/engine-error.ts";
import type { Place } from "./provenance.ts";

/** What is wrong with a file, and where: `compose.yaml:12:5: services.web: …`. */
export class ComposeFileError extends EngineError {
  /** Each once, from the top of a file to its end. */
  readonly problems: readonly ComposeProblem[];

  constructor(problems: readonly ComposeProblem[], cause?: unknown) {
    const ordered = inOrder(problems);
    super("invalid_argument", ordered.map(problemLine).join("\n"), cause);
    this.problems = ordered;
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

function inOrder(problems: readonly ComposeProblem[]): ComposeProblem[] {
  const seen = new Set<string>();
  const once = problems.filter(({ path, message }) => {
    const key = `${path} ${message}`;
    return !seen.has(key) && seen.add(key);
  });
  return once.sort(({ place: a }, { place: b }) => {
    if (!a || !b || a.file !== b.file) return 0;
    return a.line - b.line || a.column - b.column;
  });
}
