import { cancelled } from "../../errors/engine-error.ts";
import { span } from "../../lib/trace.ts";
import { once } from "./once.ts";
import type { Op, StepScope } from "./op.ts";
import type { StepResult } from "./result-cache.ts";
import type { SolveOptions, SolverParts } from "./solve-options.ts";
import { standsOn } from "./step-inputs.ts";
import type { StepKey } from "./step-key.ts";
import { StepKeys } from "./step-keys.ts";
import type { Tree } from "./tree.ts";

/**
 * One build's walk over its graph. Of each step first the key is asked for, which needs no files
 * where inputs count as a whole: what is in the cache by its key is never made, nor what is below
 * it. Each step is walked once; what runs is shared with all other builds by its key.
 */
// trail: build
export class Solve {
  readonly #parts: SolverParts;
  readonly #options: SolveOptions;
  readonly #keys: StepKeys;
  readonly #results = new Map<Op, Promise<StepResult>>();
  readonly #told = new Set<Op>();
  /** Whose files will be looked at, unless the step that does so is known without; undefined once something runs. */
  #wanted: Op[] | undefined = [];

  constructor(parts: SolverParts, options: SolveOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#keys = new StepKeys(parts.cache, options.holds, {
      result: (op) => this.result(op),
      want: (op) => this.#want(op),
      scopeOf: (op) => this.#scope(op),
      check: () => this.#check(),
    });
  }

  result(op: Op): Promise<StepResult> {
    return once(this.#results, op, () => this.#solve(op));
  }

  key(op: Op): Promise<StepKey> {
    return this.#keys.of(op);
  }

  /** The result of a step nobody needed, where its key was asked for and the cache has it. */
  async unneeded(op: Op): Promise<StepResult | undefined> {
    const key = this.#keys.known(op);
    return key === undefined ? undefined : await this.#parts.cache.find(key, this.#options.holds);
  }

  /** When everything that was begun has settled; nothing of this build runs after it. */
  async settled(): Promise<void> {
    for (let before = -1; ; ) {
      const begun = [...this.#keys.begun(), ...this.#results.values()];
      if (begun.length === before) return;
      before = begun.length;
      await Promise.allSettled(begun);
    }
  }

  async #solve(op: Op): Promise<StepResult> {
    try {
      return op.identity ? await this.#runUnshared(op) : await this.#findOrRun(op);
    } catch (error) {
      this.#tell(op, () => this.#options.observer.failed(op, error));
      throw error;
    }
  }

  async #findOrRun(op: Op): Promise<StepResult> {
    const step = await this.key(op);
    const found = step.fresh ? undefined : await this.#find(op, step);
    if (found) {
      this.#sayCached(op, found);
      return found;
    }
    const { observer, explain, placeOf } = this.#options;
    const reason = explain ? this.#parts.cache.explain(step, placeOf(op), op.title) : undefined;
    const inputs = await Promise.all(op.inputs.map((input) => this.result(input.op)));
    const work = (scope: StepScope) => this.#run(op, step, inputs, scope);
    const scope = this.#scope(op);
    // Made at the same time elsewhere, or just finished while the inputs were made.
    const result = step.fresh ? await work(scope) : await this.#parts.runs.join(step.key, scope, work);
    if (result.id !== "") this.#options.holds.add(result.id);
    this.#tell(op, () => observer.done(op, result, reason));
    return result;
  }

  /**
   * As soon as anything has to be made, the stages that others look into are begun beside it: their
   * readers ask for one after another, each only when it knows all before it.
   */
  #beginWanted(): void {
    const wanted = this.#wanted;
    this.#wanted = undefined;
    for (const op of wanted ?? []) this.#begin(op);
  }

  #want(op: Op): void {
    if (this.#wanted) this.#wanted.push(op);
    else this.#begin(op);
  }

  /** Who needs it hears of a failure. */
  #begin(op: Op): void {
    this.result(op).catch(() => {});
  }

  async #find(op: Op, step: StepKey): Promise<StepResult | undefined> {
    const { cache } = this.#parts;
    const { holds, sources } = this.#options;
    const own = await cache.find(step.key, holds);
    if (own) {
      // Other inputs led to the same files: next time this is known without them.
      if (step.definition !== undefined) cache.table.define(step.definition, own.id);
      return own;
    }
    for (const source of sources) {
      const other = await source.find(step.key, this.#scope(op));
      if (!other) continue;
      return this.#keep(op, step, other.tree, []);
    }
    return undefined;
  }

  async #run(op: Op, step: StepKey, inputs: readonly StepResult[], scope: StepScope): Promise<StepResult> {
    const { cache, limiter } = this.#parts;
    const { holds, observer } = this.#options;
    return await limiter.run(
      async () => {
        const known = step.fresh ? undefined : await cache.find(step.key, holds);
        if (known) return known;
        this.#beginWanted();
        observer.started(op);
        const trees = inputs.map(({ tree }) => tree);
        const tree = await span(`solver.run ${op.title}`, () => op.run(trees, scope));
        return this.#keep(op, step, tree, standsOn(op, inputs));
      },
      { signal: scope.signal },
    );
  }

  /** A directory of the client: of this build alone, and in no cache. */
  async #runUnshared(op: Op): Promise<StepResult> {
    this.#check();
    const inputs = await Promise.all(op.inputs.map((input) => this.result(input.op)));
    const { observer } = this.#options;
    observer.started(op);
    const tree: Tree = await span(`solver.run ${op.title}`, () =>
      op.run(
        inputs.map((input) => input.tree),
        this.#scope(op),
      ),
    );
    const result = { id: "", key: "", tree, description: op.title };
    this.#tell(op, () => observer.done(op, result, undefined));
    return result;
  }

  #keep(op: Op, step: StepKey, tree: Tree, parents: readonly string[]): StepResult {
    const { placeOf, typeOf, holds } = this.#options;
    const type = typeOf(op);
    const description = op.title;
    if (type === undefined) return { id: "", key: step.key, tree, description };
    return this.#parts.cache.put({ step, tree, description, type, place: placeOf(op), parents }, holds);
  }

  /** With it all that it stands on, as far as nobody else asked for that. */
  #sayCached(op: Op, result: StepResult | undefined): void {
    this.#tell(op, () => {
      for (const input of op.inputs) if (!this.#results.has(input.op)) this.#sayCached(input.op, undefined);
      this.#options.observer.cached(op, this.#keys.known(op) ?? "", result);
    });
  }

  #tell(op: Op, how: () => void): void {
    if (this.#told.has(op)) return;
    this.#told.add(op);
    how();
  }

  #scope(op: Op): StepScope {
    return this.#options.observer.scopeOf(op, this.#options.signal);
  }

  #check(): void {
    const { signal } = this.#options;
    if (signal.aborted) throw cancelled("the build was cancelled", signal.reason);
  }
}
