import { span } from "../../lib/trace.ts";
import type { BuildCacheEntries, BuildCacheInput } from "../../records/build-cache.ts";
import { once } from "./once.ts";
import type { Op, OpInput, StepScope } from "./op.ts";
import type { Holds, ResultCache, StepResult } from "./result-cache.ts";
import { isFresh } from "./step-inputs.ts";
import { hashStep, type StepKey } from "./step-key.ts";

/** The walk that keys are asked for in: it makes the files that some of them need. */
interface Walk {
  result(op: Op): Promise<StepResult>;
  /** Files of this step may soon be looked at. */
  want(op: Op): void;
  scopeOf(op: Op): StepScope;
  /** Throws when the build is over. */
  check(): void;
}

/** The keys of one build's steps; a step is made for its key only where nothing but its files tells. */
export class StepKeys {
  readonly #cache: ResultCache;
  readonly #holds: Holds;
  readonly #walk: Walk;
  readonly #facts = new Map<Op, Promise<StepKey["facts"]>>();
  readonly #definitions = new Map<Op, Promise<string | undefined>>();
  readonly #keys = new Map<Op, Promise<StepKey>>();
  readonly #known = new Map<Op, string>();

  constructor(cache: ResultCache, holds: Holds, walk: Walk) {
    this.#cache = cache;
    this.#holds = holds;
    this.#walk = walk;
  }

  of(op: Op): Promise<StepKey> {
    return once(this.#keys, op, async () => {
      const step = await this.#make(op);
      this.#known.set(op, step.key);
      return step;
    });
  }

  /** The key, where it was asked for and found. */
  known(op: Op): string | undefined {
    return this.#known.get(op);
  }

  /** All that were asked for. */
  begun(): readonly Promise<StepKey>[] {
    return [...this.#keys.values()];
  }

  async #make(op: Op): Promise<StepKey> {
    this.#walk.check();
    const scope = this.#walk.scopeOf(op);
    if (op.identity) return await this.#keyByIdentity(op, op.identity, scope);
    for (const input of op.inputs) if (input.content) this.#walk.want(input.op);
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
    const { tree } = await this.#walk.result(op);
    const { digest, entries } = await identity(tree, scope);
    const inputs: BuildCacheInput[] = [{ role: "files", digest, byContent: true }];
    return { key: hashStep({}, inputs), facts: {}, inputs, entries: { files: entries }, fresh: false };
  }

  #factsOf(op: Op): Promise<StepKey["facts"]> {
    return once(this.#facts, op, () => op.facts(this.#walk.scopeOf(op)));
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
    const key = await this.#cache.keyOf(definition, this.#holds);
    return key === undefined ? undefined : this.#cache.table.byKey(key);
  }

  async #count(
    { op, role, content }: OpInput,
    scope: StepScope,
  ): Promise<{ input: BuildCacheInput; files?: BuildCacheEntries[string] }> {
    if (!content && !op.identity) {
      const { key } = await this.of(op);
      return { input: { role, digest: key, byContent: false } };
    }
    if (!content) {
      const { inputs, entries } = await this.of(op);
      const digest = inputs[0]?.digest ?? "";
      return { input: { role, digest, byContent: true }, ...(entries.files && { files: entries.files }) };
    }
    const { tree } = await this.#walk.result(op);
    const { digest, entries } = await span(`solver.digest ${role}`, () => content(tree, scope));
    return { input: { role, digest, byContent: true }, files: entries };
  }
}
