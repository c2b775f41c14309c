import type { ImageHistory, ImageRunConfig } from "../../oci/image-config.ts";
import type { Platform } from "../../oci/platform.ts";
import type { SourceRange } from "../dockerfile/source.ts";
import type { Operation } from "./operation.ts";

/** What is to be made for one platform: the files by `top`, the configuration already complete. */
export interface ImagePlan {
  readonly platform: Platform;
  readonly top: Operation;
  readonly config: ImageRunConfig;
  readonly author?: string;
  /** Of the base image first, then one entry an instruction; those with `empty_layer` have no operation. */
  readonly history: readonly PlannedHistory[];
}

export interface PlannedHistory extends ImageHistory {
  /** The operation whose layer this is. */
  readonly operation?: Operation;
}

/** A plan with the instructions it came from, in the order of the file. */
export interface BuildPlan {
  readonly image: ImagePlan;
  /** Of the stages that are needed. */
  readonly steps: readonly PlannedStep[];
  /** What the planned stages, by index, begin with. */
  readonly bases: ReadonlyMap<number, ImageRunConfig>;
}

export interface PlannedStep {
  readonly stage: string;
  /** Within its stage, FROM is 1. */
  readonly number: number;
  readonly of: number;
  /** `[build 2/5] RUN make`; the numbers there count only instructions that make files. */
  readonly title: string;
  readonly original: string;
  readonly range: SourceRange;
  /** Absent: it changes the configuration alone. */
  readonly operation?: Operation;
  /** What stands there when the step is done, as one number: for those who name steps by it. */
  readonly state: string;
}
