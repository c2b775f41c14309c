/** What may be wrong with a container, as data: for people (`print-why.ts`), for `--format json`, for Compose. */
export interface Finding {
  /** For programs: stays the same when sentences get better. */
  readonly kind: FindingKind;
  /** A cause explains the state; a note is worth knowing beside it. */
  readonly weight: "cause" | "note";
  /** One sentence. */
  readonly says: string;
  readonly details: readonly string[];
  readonly next: readonly Suggestion[];
}

export interface Suggestion {
  /** What to type; commands of this program begin with `hull`. */
  readonly command: string;
  readonly purpose: string;
}

export type FindingKind =
  | "architecture"
  | "command-not-found"
  | "dependency"
  | "device"
  | "exit-code"
  | "finished"
  | "health"
  | "image-missing"
  | "killed"
  | "log-hint"
  | "memory"
  | "mount"
  | "network-missing"
  | "never-started"
  | "not-executable"
  | "paused"
  | "port-conflict"
  | "program"
  | "removing"
  | "restarts"
  | "start-refused"
  | "stopped"
  | "user"
  | "volume-missing"
  | "working-directory";

export function cause(
  kind: FindingKind,
  says: string,
  details: readonly string[] = [],
  next: readonly Suggestion[] = [],
): Finding {
  return { kind, weight: "cause", says, details, next };
}

export function note(
  kind: FindingKind,
  says: string,
  details: readonly string[] = [],
  next: readonly Suggestion[] = [],
): Finding {
  return { kind, weight: "note", says, details, next };
}

export const suggest = (command: string, purpose: string): Suggestion => ({ command, purpose });
