import type { ComposeContext } from "../compose-context.ts";
import { lockProject } from "./project-lock.ts";

/** Whoever is about to change the project waits for those who are at it, and says so. */
export function lockForChange(
  { engine, signal, warn: warnEachTime }: ComposeContext,
  project: string,
  warn: (sentence: string) => void = warnEachTime,
): Promise<Disposable> {
  const onWait = () => warn(`another run is changing the project ${project}: waiting for its end`);
  return lockProject(engine.address, project, { signal, onWait });
}
