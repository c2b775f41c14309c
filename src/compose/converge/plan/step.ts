import type { ServiceDependency } from "../../model/service-parts.ts";
import type { ObservedContainer } from "../../observe/observed.ts";

/** What is to be done, as plain data: who reads it knows what will happen, and in which order. */
export interface Plan {
  readonly steps: readonly Step[];
  /** Sentences for the user. */
  readonly warnings: readonly string[];
}

export interface Step {
  /** `create web-1`: unique in its plan. */
  readonly id: string;
  /** Steps that must have succeeded before. */
  readonly needs: readonly string[];
  readonly work: Work;
}

export type Work =
  | { readonly kind: "create-network"; readonly key: string }
  /** It is other than the files say: whoever is on it is taken off, then it is made anew. */
  | {
      readonly kind: "replace-network";
      readonly key: string;
      readonly id: string;
      readonly members: readonly string[];
    }
  /** One too many of the same name. */
  | { readonly kind: "drop-network"; readonly id: string; readonly name: string }
  | { readonly kind: "create-volume"; readonly key: string }
  | { readonly kind: "replace-volume"; readonly key: string }
  /** It is as it should be. */
  | { readonly kind: "keep"; readonly container: ObservedContainer }
  | { readonly kind: "create"; readonly service: string; readonly number: number; readonly name: string }
  | {
      readonly kind: "recreate";
      readonly service: string;
      readonly name: string;
      readonly old: ObservedContainer;
      readonly because: string;
    }
  /** An interrupted recreation: the successor is right, the old one is still there, or only the name is missing. */
  | {
      readonly kind: "finish";
      readonly service: string;
      readonly name: string;
      readonly successor: ObservedContainer;
      readonly old: ObservedContainer | undefined;
    }
  | { readonly kind: "stop"; readonly container: ObservedContainer }
  | { readonly kind: "restart"; readonly container: ObservedContainer }
  | { readonly kind: "remove"; readonly container: ObservedContainer; readonly because: string }
  /** Which containers these are, is known when they are made. */
  | { readonly kind: "start"; readonly service: string; readonly number: number; readonly name: string }
  | { readonly kind: "roll-out"; readonly service: string; readonly replaced: readonly ObservedContainer[] }
  | {
      readonly kind: "wait";
      /** The service that waits; undefined: the user, by `--wait`. */
      readonly dependent: string | undefined;
      readonly service: string;
      readonly condition: WaitCondition;
      readonly required: boolean;
    };

export type WaitCondition = ServiceDependency["condition"] | "running_or_healthy";
