import { cancelled } from "../../errors/engine-error.ts";
import type { Limiter } from "../../lib/limiter.ts";
import { span } from "../../lib/trace.ts";
import type { BuildCacheEntries, BuildCacheInput } from "../../records/build-cache.ts";
import type { CacheSource } from "./build-cache.ts";
import { type Op, type OpInput, parentRole, type StepScope } from "./op.ts";
import type { Holds, ResultCache, StepResult } from "./result-cache.ts";
import type { SharedRuns } from "./shared-runs.ts";
import { hashStep, type StepKey } from "./step-key.ts";
import type { Tree } from "./tree.ts";

/** What all builds of an engine share. */
export interface SolverParts {
  readonly cache: ResultCache;
  readonly runs: SharedRuns<StepResult>;
  /** Steps at a time, of all builds together. */
  readonly limiter: Limiter;
}

/** What one build is to the solver. */
export interface SolveOptions {
  readonly signal: AbortSignal;
  readonly holds: Holds;
  readonly observer: SolveObserver;
  readonly sources: readonly CacheSource[];
  readonly explain: boolean;
  /** Where the step stands in its build, the same in every build of it: for explanations. */
  placeOf(op: Op): string;
  /** As what it is recorded; undefined: not at all. */
  typeOf(op: Op): RecordType | undefined;
}

export type RecordType = "regular" | "source.git.checkout" | "internal";

/** Hears of every step once it is decided what becomes of it. Never throws. */
export interface SolveObserver {
  started(op: Op): void;
  /** Without a result: nobody needed it, because what stands on it was cached. */
  cached(op: Op, key: string, result: StepResult | undefined): void;
  done(op: Op, result: StepResult, reason: string | undefined): void;
  failed(op: Op, error: unknown): void;
  scopeOf(op: Op, signal: AbortSignal): StepScope;
}

/**
 * One build's walk over its graph. Of each step first the key is asked for, which needs no files
 * where inputs count as a whole: what is in the cache by its key is never made, nor what is below
 * it. Each step is walked once; what runs is shared with all other builds by its key.
 */
// trail: build
export class Solve {
  readonly #parts: SolverParts;
  readonly #options: SolveOptions;
  readonly #facts = new Map<Op, Promise<StepKey["facts"]>>();
  readonly #definitions = new Map<Op, Promise<string | undefined>>();
  readonly #keys = new Map<Op, Promise<StepKey>>();
  readonly #results = new Map<Op, Promise<StepResult>>();
  readonly #told = new Set<Op>();
  /** Whose files will be looked at, unless the step that does so is known without; undefined once something runs. */
  #wanted: Op[] | undefined = [];
  readonly #knownKeys = new Map<Op, string>();

  constructor(parts: SolverParts, options: SolveOptions) {
    this.#parts = parts;
    this.#options = options;
  }

  result(op: Op): Promise<StepResult> {
    return once(this.#results, op, () => this.#solve(op));
  }

  key(op: Op): Promise<StepKey> {
    return once(this.#keys, op, async () => {
      const step = await this.#makeKey(op);
      this.#knownKeys.set(op, step.key);
      return step;
    });
  }

  /** The result of a step nobody needed, where its key was asked for and the cache has it. */
  async unneeded(op: Op): Promise<StepResult | undefined> {
    const key = this.#knownKeys.get(op);
    return key === undefined ? undefined : await this.#parts.cache.find(key, this.#options.holds);
  }

  /** When everything that was begun has settled; nothing of this build runs after it. */
  async settled(): Promise<void> {
    for (let before = -1; before !== this.#keys.size + this.#results.size; ) {
      before = this.#keys.size + this.#results.size;
      await Promise.allSettled([...this.#keys.values(), ...this.#results.values()]);
    }
  }

  async #makeKey(op: Op): Promise<StepKey> {
    this.#check();
    const scope = this.#scope(op);
    if (op.identity) return await this.#keyByIdentity(op, op.identity, scope);
    for (const input of op.inputs) if (input.content) this.#want(input.op);
    const fresh = isFresh(op);
    const facts = await this.#factsOf(op);
    const definition = op.inputs.some(({ content }) => content) ? await this.#definition(op) : undefined;
    const known = definition !== undefined && !fresh ? await this.#byDefinition(definition) : undefined;
    if (known && definition !== undefined) {
      const { key, inputs } = known;
      return { key, definition, facts, inputs, entries: {}, fresh };
    }
    const counted = await Promise.all(op.inputs.map((input) => this.#count(input, scope)));
    const entries: Record<string, BuildCacheEntries[string]> = {};
    for (const { input, files } of counted) if (files) entries[input.role] = files;
    const inputs = counted.map(({ input }) => input);
    const key = hashStep(facts, inputs);
    return { key, ...(definition !== undefined && { definition }), facts, inputs, entries, fresh };
  }

  async #keyByIdentity(op: Op, identity: NonNullable<Op["identity"]>, scope: StepScope): Promise<StepKey> {
    const { tree } = await this.result(op);
    const { digest, entries } = await identity(tree, scope);
    const inputs: BuildCacheInput[] = [{ role: "files", digest, byContent: true }];
    return { key: hashStep({}, inputs), facts: {}, inputs, entries: { files: entries }, fresh: false };
  }

  #factsOf(op: Op): Promise<StepKey["facts"]> {
    return once(this.#facts, op, () => op.facts(this.#scope(op)));
  }

  /** What the step and all below it are, without a look at any file: undefined where only files tell. */
  #definition(op: Op): Promise<string | undefined> {
    return once(this.#definitions, op, async () => {
      // What is made anew may have other files than before.
      if (op.identity || op.fresh) return undefined;
      const below = await Promise.all(op.inputs.map((input) => this.#definition(input.op)));
      const inputs = below.map((digest, at) => ({ role: op.inputs[at]?.role ?? "", digest: digest ?? "" }));
      if (below.some((digest) => digest === undefined)) return undefined;
      return hashStep(await this.#factsOf(op), inputs);
    });
  }

  async #byDefinition(definition: string) {
    const { cache } = this.#parts;
    const key = await cache.keyOf(definition, this.#options.holds);
    return key === undefined ? undefined : cache.table.byKey(key);
  }

  async #count(
    { op, role, content }: OpInput,
    scope: StepScope,
  ): Promise<{ input: BuildCacheInput; files?: BuildCacheEntries[string] }> {
    if (!content && !op.identity) {
      const { key } = await this.key(op);
      return { input: { role, digest: key, byContent: false } };
    }
    if (!content) {
      const { inputs, entries } = await this.key(op);
      const digest = inputs[0]?.digest ?? "";
      return { input: { role, digest, byContent: true }, ...(entries.files && { files: entries.files }) };
    }
    const { tree } = await this.result(op);
    const { digest, entries } = await span(`solver.digest ${role}`, () => content(tree, scope));
    return { input: { role, digest, byContent: true }, files: entries };
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
      this.#options.observer.cached(op, this.#knownKeys.get(op) ?? "", result);
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

/** Whose snapshot is below its own; what was only copied from may go. */
function standsOn(op: Op, inputs: readonly StepResult[]): string[] {
  const below = inputs.filter((_, at) => op.inputs[at]?.role === parentRole);
  return below.map(({ id }) => id).filter((id) => id !== "");
}

/** A step on one that is made anew is new as well, unless only the content of that one counts. */
function isFresh(op: Op): boolean {
  return (
    op.fresh === true ||
    op.inputs.some(({ content, op: input }) => !content && !input.identity && isFresh(input))
  );
}

function once<T>(known: Map<Op, Promise<T>>, op: Op, work: () => Promise<T>): Promise<T> {
  let promise = known.get(op);
  if (!promise) {
    promise = work();
    // Whoever waits for it hears of its failure; it may be that nobody does yet.
    promise.catch(() => {});
    known.set(op, promise);
  }
  return promise;
}
