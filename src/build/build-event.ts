import type { BuildWarning, SourceRange } from "./dockerfile/source.ts";

/** What a build tells while it runs, in the order it happens; several steps may be under way at once. */
export type BuildEvent =
  | { readonly type: "step"; readonly step: BuildStep }
  | { readonly type: "started"; readonly id: number; readonly at: number }
  | {
      readonly type: "finished";
      readonly id: number;
      readonly at: number;
      readonly outcome: "done" | "cached" | "failed" | "cancelled";
      /** With `explain`: why it was not in the cache. */
      readonly reason?: string;
      readonly error?: string;
      /** The classic builder's name for what the step gave: an image id or a snapshot. */
      readonly result?: string;
    }
  | { readonly type: "output"; readonly id: number; readonly stream: 1 | 2; readonly bytes: Uint8Array }
  | {
      readonly type: "progress";
      readonly id: number;
      readonly task: string;
      readonly status: string;
      readonly current?: number;
      readonly total?: number;
    }
  | { readonly type: "warning"; readonly warning: BuildWarning };

/** A step as people see it; declared once, before it starts. Steps that need nothing are declared and cached at once. */
export interface BuildStep {
  readonly id: number;
  /** `[build 2/5] RUN make`, `[internal] load build context`, `exporting to image`. */
  readonly title: string;
  /** Of an instruction: where it stands. */
  readonly instruction?: {
    readonly stage: string;
    /** Within its stage, FROM is 1. */
    readonly number: number;
    readonly of: number;
    /** Among all instructions of the build, as the classic builder counts its steps ("Step 3/7"): from 1. */
    readonly step: number;
    readonly steps: number;
    readonly original: string;
    readonly range: SourceRange;
  };
}
