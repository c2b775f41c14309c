import type { ImageStore } from "../../images/image-store.ts";
import type { BuildRequest } from "../build-request.ts";
import type { CacheMounts } from "../cache-mounts.ts";
import type { Executor } from "../executor.ts";
import type { Operation } from "../plan/operation.ts";
import type { Op } from "../solver/op.ts";
import type { TreeStore } from "../trees/tree-store.ts";

/** What the operations of one build work with. */
export interface OpParts {
  readonly request: BuildRequest;
  readonly trees: TreeStore;
  readonly images: ImageStore;
  readonly executor: Executor;
  /** `<data-root>/build` and `<exec-root>/build`. */
  readonly directory: string;
  readonly runDirectory: string;
  /** The Op of an operation this one needs: the same for the same one. */
  opOf(operation: Operation): Op;
  /** Of its step's events. */
  stepIdOf(operation: Operation): number;
  readonly cacheMounts: CacheMounts;
  /** What is in one directory, into another. */
  copyTree(from: string, to: string): Promise<void>;
}

/** `copyOp`, `runOp` …: one in each file of this folder, chosen in make-op.ts. */
export type OpMaker<Kind extends Operation["kind"]> = (
  operation: Extract<Operation, { kind: Kind }>,
  parts: OpParts,
) => Op;
