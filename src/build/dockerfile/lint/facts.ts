import type { IgnoreMatcher } from "../../../lib/ignore-file.ts";
import type { Stage } from "../dockerfile.ts";

/** What is known beside the file; all of it may be missing. */
export interface LintFacts {
  readonly buildArgs?: ReadonlyMap<string, string>;
  /** What `.dockerignore` leaves out of the main context. */
  readonly ignore?: IgnoreMatcher;
  /** The environment of a stage's base image; undefined where that is not known. */
  readonly environmentOf?: (stage: Stage) => ReadonlyMap<string, string> | undefined;
  /** The stage's base image brings a SHELL of its own. */
  readonly hasShell?: (stage: Stage) => boolean;
  /** `linux/amd64` */
  readonly platform?: string;
}
