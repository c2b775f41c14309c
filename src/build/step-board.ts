import { isKind, messageOf } from "../errors/engine-error.ts";
import type { BuildEvent } from "./build-event.ts";
import { failureWords } from "./command-failed.ts";
import type { PlannedStep } from "./plan/build-plan.ts";
import type { Op, StepScope } from "./solver/op.ts";
import type { StepResult } from "./solver/result-cache.ts";
import type { SolveObserver } from "./solver/solve-options.ts";

/** Tells the build's client what becomes of each step. Ids are given in the order of the file. */
export class StepBoard implements SolveObserver {
  readonly #tell: (event: BuildEvent) => void;
  readonly #now: () => number;
  readonly #ids = new Map<Op, number>();
  readonly #places = new Map<Op, PlannedStep>();
  readonly #onResult: (op: Op, result: StepResult) => void;
  #nextId = 1;
  /** The first step that failed by itself. */
  failure: { readonly error: unknown; readonly place: PlannedStep | undefined } | undefined;

  constructor(
    tell: (event: BuildEvent) => void,
    onResult: (op: Op, result: StepResult) => void,
    now: () => number = Date.now,
  ) {
    this.#tell = tell;
    this.#onResult = onResult;
    this.#now = now;
  }

  /** All instructions at once, before anything runs; those that make no files are done. */
  declare(all: readonly PlannedStep[], opOf: (step: PlannedStep) => Op | undefined): void {
    const atOnce: BuildEvent[] = [];
    for (const [at, planned] of all.entries()) {
      const { stage, number, of, original, range, title, state } = planned;
      const id = this.#nextId++;
      const instruction = { stage, number, of, step: at + 1, steps: all.length, original, range };
      this.#tell({ type: "step", step: { id, title, instruction } });
      const op = opOf(planned);
      if (op && !this.#ids.has(op)) {
        this.#ids.set(op, id);
        this.#places.set(op, planned);
        continue;
      }
      atOnce.push({
        type: "finished",
        id,
        at: this.#now(),
        outcome: "cached",
        ...(state !== "" && { result: state }),
      });
    }
    for (const event of atOnce) this.#tell(event);
  }

  placeOf(op: Op): PlannedStep | undefined {
    return this.#places.get(op);
  }

  idOf(op: Op): number {
    const known = this.#ids.get(op);
    if (known !== undefined) return known;
    const id = this.#nextId++;
    this.#ids.set(op, id);
    this.#tell({ type: "step", step: { id, title: op.title } });
    return id;
  }

  started(op: Op): void {
    this.#tell({ type: "started", id: this.idOf(op), at: this.#now() });
  }

  cached(op: Op, key: string, result: StepResult | undefined): void {
    // What nobody wrote down and nobody waits for is not worth a line.
    if (!this.#places.has(op) && !result) return;
    if (result) this.#onResult(op, result);
    this.#finished(op, { outcome: "cached", ...this.#nameOf(op, key) });
  }

  done(op: Op, result: StepResult, reason: string | undefined): void {
    this.#onResult(op, result);
    this.#finished(op, {
      outcome: "done",
      ...(reason !== undefined && { reason }),
      ...this.#nameOf(op, result.key),
    });
  }

  failed(op: Op, error: unknown): void {
    if (isKind(error, "cancelled")) {
      if (this.#ids.has(op)) this.#finished(op, { outcome: "cancelled" });
      return;
    }
    // What stands on a failed step fails with the same error, and was never begun. It may say
    // where: a download has no place of its own.
    const { failure } = this;
    if (failure && failure.error === error) {
      this.failure = { error, place: failure.place ?? this.#places.get(op) };
      return;
    }
    this.failure ??= { error, place: this.#places.get(op) };
    this.#finished(op, { outcome: "failed", error: failureWords(error) });
  }

  scopeOf(op: Op, signal: AbortSignal): StepScope {
    return {
      signal,
      onOutput: (stream, bytes) => this.#tell({ type: "output", id: this.idOf(op), stream, bytes }),
      onProgress: ({ id: task, ...progress }) =>
        this.#tell({ type: "progress", id: this.idOf(op), task, ...progress }),
    };
  }

  /** Work of the builder's own as a step: reading the Dockerfile, exporting. */
  async step<T>(title: string, signal: AbortSignal, work: (scope: StepScope) => Promise<T>): Promise<T> {
    const id = this.#nextId++;
    this.#tell({ type: "step", step: { id, title } });
    this.#tell({ type: "started", id, at: this.#now() });
    const end = (ending: { outcome: "done" | "failed" | "cancelled"; error?: string }) =>
      this.#tell({ type: "finished", id, at: this.#now(), ...ending });
    try {
      const value = await work({
        signal,
        onOutput: (stream, bytes) => this.#tell({ type: "output", id, stream, bytes }),
        onProgress: ({ id: task, ...progress }) => this.#tell({ type: "progress", id, task, ...progress }),
      });
      end({ outcome: "done" });
      return value;
    } catch (error) {
      end(
        isKind(error, "cancelled")
          ? { outcome: "cancelled" }
          : { outcome: "failed", error: messageOf(error) },
      );
      throw error;
    }
  }

  /** An image has its own name, a step that of its key. */
  #nameOf(op: Op, key: string): { result?: string } {
    const operation = this.#places.get(op)?.operation;
    const result = operation?.kind === "image" ? operation.image.id : key;
    return result === "" ? {} : { result };
  }

  #finished(
    op: Op,
    ending: {
      outcome: "done" | "cached" | "failed" | "cancelled";
      reason?: string;
      error?: string;
      result?: string;
    },
  ): void {
    this.#tell({ type: "finished", id: this.idOf(op), at: this.#now(), ...ending });
  }
}
