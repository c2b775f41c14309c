import type { Operation } from "../plan/operation.ts";
import type { Op } from "../solver/op.ts";
import { contextOp } from "./context-op.ts";
import { copyOp } from "./copy-op.ts";
import { downloadOp } from "./download-op.ts";
import { gitOp } from "./git-op.ts";
import { imageOp } from "./image-op.ts";
import type { OpParts } from "./op-parts.ts";
import { runOp } from "./run-op.ts";
import { workdirOp } from "./workdir-op.ts";

export function makeOp(operation: Operation, parts: OpParts): Op {
  switch (operation.kind) {
    case "empty":
      return {
        title: operation.title,
        inputs: [],
        facts: async () => ({ kind: "empty" }),
        run: async () => ({ kind: "empty" }),
      };
    case "image":
      return imageOp(operation, parts);
    case "context":
      return contextOp(operation, parts);
    case "download":
      return downloadOp(operation, parts);
    case "git":
      return gitOp(operation, parts);
    case "run":
      return runOp(operation, parts);
    case "copy":
      return copyOp(operation, parts);
    case "workdir":
      return workdirOp(operation, parts);
    default:
      return operation satisfies never;
  }
}

/** The Ops of one build: the same one for the same operation, and back. */
export class OpGraph {
  readonly parts: OpParts;
  readonly #ops = new Map<Operation, Op>();
  readonly #operations = new Map<Op, Operation>();

  constructor(parts: Omit<OpParts, "opOf">) {
    this.parts = { ...parts, opOf: (operation) => this.opOf(operation) };
  }

  opOf(operation: Operation): Op {
    const known = this.#ops.get(operation);
    if (known) return known;
    const op = makeOp(operation, this.parts);
    this.#ops.set(operation, op);
    this.#operations.set(op, operation);
    return op;
  }

  operationOf(op: Op): Operation | undefined {
    return this.#operations.get(op);
  }

  /** Inputs before what they go into. */
  get ordered(): readonly Op[] {
    const seen = new Set<Op>();
    const visit = (op: Op) => {
      if (seen.has(op)) return;
      for (const input of op.inputs) visit(input.op);
      seen.add(op);
    };
    for (const op of this.#ops.values()) visit(op);
    return [...seen];
  }
}
