import type { ContentDigest, Tree } from "./tree.ts";

/**
 * A vertex of the graph a Dockerfile is compiled to. The solver knows no more of it than this:
 * whether its result is in the cache, or that it must run. Built once per build by `plan/`; what
 * runs is in `ops/`.
 */
export interface Op {
  /** Shown to people, and no part of the key. */
  readonly title: string;
  readonly inputs: readonly OpInput[];
  /**
   * What this operation is, without its inputs, fact by fact: `command`, `env.PATH`, `user`. Equal facts
   * on equal inputs give equal results; the facts of an earlier run tell `--explain` what differs.
   * Secrets are named here, their values never.
   */
  facts(scope: StepScope): Promise<Facts>;
  /** Gives a tree that is finished: committed, and nobody else's to change. */
  run(inputs: readonly Tree[], scope: StepScope): Promise<Tree>;
  /** Results are never taken from the cache (`--no-cache`), though they are put there. */
  readonly fresh?: boolean;
  /**
   * For what facts cannot name (a directory the client sent): who uses it whole counts what this
   * says of its files. It runs once in each build and is never cached itself.
   */
  readonly identity?: (tree: Tree, scope: StepScope) => Promise<ContentDigest>;
}

export type Facts = Readonly<Record<string, string>>;

/** The role of the input whose snapshot the result stands on. */
export const parentRole = "parent";

export interface OpInput {
  readonly op: Op;
  /** For facts and explanations: `parent`, `context`, `stage build`, `mount /src`. */
  readonly role: string;
  /**
   * Absent: the input counts as a whole, by its key. Given: only what this digest covers counts, so a
   * changed file that is not copied changes nothing, and equal files from elsewhere are equal.
   */
  readonly content?: (tree: Tree, scope: StepScope) => Promise<ContentDigest>;
}

/** What a running operation may use of its build. */
export interface StepScope {
  readonly signal: AbortSignal;
  onOutput(stream: 1 | 2, bytes: Uint8Array): void;
  /** A long piece of work inside the step: a download, an unpacked layer. */
  onProgress(progress: StepProgress): void;
}

export interface StepProgress {
  readonly id: string;
  readonly status: string;
  readonly current?: number;
  readonly total?: number;
}
