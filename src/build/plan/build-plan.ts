import type { ImageHistory, ImageRunConfig } from "../../oci/image-config.ts";
import type { Platform } from "../../oci/platform.ts";
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
