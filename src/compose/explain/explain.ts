import { notFound } from "../../errors/engine-error.ts";
import { nearest } from "../../lib/nearest.ts";
import type { LoadedProject } from "../load/load-project.ts";
import { explainPath } from "./explain-path.ts";
import { explainVariable } from "./explain-variable.ts";
import type { ExplainView } from "./explain-view.ts";

/**
 * Says where a variable (`TAG`) or a value of the model (`services.web.image`, `web.image`, `web`)
 * came from and what it took the place of. The project must be loaded with `resolveEnvironment: false`,
 * as the files of variables that services name are looked at one by one.
 */
export function explain(loaded: LoadedProject, subject: string, view: ExplainView): string {
  const text = /[.[]/.test(subject)
    ? (explainPath(loaded, subject, view) ?? explainVariable(loaded, subject, view))
    : (explainVariable(loaded, subject, view) ?? explainPath(loaded, subject, view));
  if (text !== undefined) return text;
  const near = nearest(subject, known(loaded, /[.[]/.test(subject)));
  const hint = near === undefined ? "" : ` (did you mean ${JSON.stringify(near)}?)`;
  throw notFound(`explain ${JSON.stringify(subject)}: no file of the project speaks of it${hint}`);
}

function known(loaded: LoadedProject, asPaths: boolean): string[] {
  if (!asPaths) return [...loaded.variables().keys(), ...Object.keys(loaded.project.services)];
  const paths = [...loaded.origins().keys()];
  return [...paths, ...paths.map((path) => path.replace(/^services\./, ""))];
}
