import { messageOf } from "../../../errors/engine-error.ts";
import type { Dockerfile, Stage } from "../dockerfile.ts";
import { type Expansion, expand } from "../expand-word.ts";
import type { Instruction } from "../instruction.ts";
import type { LintFacts } from "./facts.ts";

/** An instruction of a stage, and the variables there are before it. */
export interface Visit {
  readonly stage: Stage;
  readonly instruction: Instruction;
  readonly variables: ReadonlyMap<string, string>;
  /** Arguments without a value: not set, and not forgotten either. */
  readonly declared: ReadonlySet<string>;
  /** There may be more: the environment of the base image is not known. */
  readonly isOpen: boolean;
}

interface Scope {
  readonly variables: ReadonlyMap<string, string>;
  readonly declared: ReadonlySet<string>;
  readonly isOpen: boolean;
}

const path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** What FROM can use: arguments before the first one, and those of the platform. */
export function globalScope(dockerfile: Dockerfile, facts: LintFacts): ReadonlyMap<string, string> {
  const { buildArgs = new Map<string, string>(), platform = "linux/amd64" } = facts;
  const [os = "", architecture = "", variant = ""] = platform.split("/");
  const values = new Map<string, string>();
  for (const side of ["BUILD", "TARGET"]) {
    values.set(`${side}PLATFORM`, platform).set(`${side}OS`, os).set(`${side}ARCH`, architecture);
    values.set(`${side}VARIANT`, variant).set(`${side}OSVERSION`, "");
  }
  values.set("TARGETSTAGE", dockerfile.stages.at(-1)?.name ?? "default");
  for (const [name, value] of buildArgs) if (values.has(name)) values.set(name, value);
  for (const { args } of dockerfile.globalArgs) {
    for (const { key, value } of args) {
      const given =
        buildArgs.get(key) ?? (value === undefined ? undefined : textFor(value, values, dockerfile));
      if (given !== undefined) values.set(key, given);
    }
  }
  return values;
}

/** Every instruction of every stage, each stage going on where its base ended. */
export function visitAll(
  dockerfile: Dockerfile,
  facts: LintFacts,
  globals: ReadonlyMap<string, string>,
): readonly Visit[] {
  const visits: Visit[] = [];
  const ends = new Map<number, Scope>();
  for (const stage of dockerfile.stages) {
    let scope = startOf(dockerfile, stage, facts, globals, ends);
    for (const instruction of stage.instructions) {
      visits.push({ stage, instruction, ...scope });
      scope = scopeAfter(dockerfile, instruction, scope, facts, globals);
    }
    ends.set(stage.index, scope);
  }
  return visits;
}

/** Environment goes on from stage to stage, arguments do not. */
function startOf(
  dockerfile: Dockerfile,
  stage: Stage,
  facts: LintFacts,
  globals: ReadonlyMap<string, string>,
  ends: ReadonlyMap<number, Scope>,
): Scope {
  const base = baseStage(dockerfile, stage, globals);
  const end = base === undefined ? undefined : ends.get(base.index);
  if (end !== undefined) return end;
  const environment =
    stage.from.image === "scratch" ? new Map<string, string>() : facts.environmentOf?.(stage);
  return {
    variables: new Map([["PATH", path], ...(environment ?? [])]),
    declared: new Set(),
    isOpen: environment === undefined,
  };
}

/** The name of the image a stage builds on; undefined: a stage, nothing, or not to be known. */
export function baseImageOf(dockerfile: Dockerfile, stage: Stage, facts: LintFacts): string | undefined {
  const globals = globalScope(dockerfile, facts);
  const image = expansionOf(stage.from.image, globals, dockerfile);
  if (image === undefined || image.missing.size > 0 || image.value === "" || image.value === "scratch") {
    return undefined;
  }
  return baseStage(dockerfile, stage, globals) === undefined ? image.value : undefined;
}

/** The earlier stage this one builds on. */
export function baseStage(
  dockerfile: Dockerfile,
  stage: Stage,
  globals: ReadonlyMap<string, string>,
): Stage | undefined {
  const name = textFor(stage.from.image, globals, dockerfile)?.toLowerCase();
  return dockerfile.stages.slice(0, stage.index).findLast((earlier) => earlier.name === name);
}

function scopeAfter(
  dockerfile: Dockerfile,
  instruction: Instruction,
  scope: Scope,
  facts: LintFacts,
  globals: ReadonlyMap<string, string>,
): Scope {
  if (instruction.name === "ENV") {
    const values = instruction.pairs.map(
      ({ key, value }) => [key, textFor(value, scope.variables, dockerfile)] as const,
    );
    return {
      ...scope,
      variables: new Map([...scope.variables, ...values.map(([key, value]) => [key, value ?? ""] as const)]),
    };
  }
  if (instruction.name !== "ARG") return scope;
  const variables = new Map(scope.variables);
  const declared = new Set(scope.declared);
  for (const { key, value } of instruction.args) {
    const own = value === undefined ? globals.get(key) : textFor(value, variables, dockerfile);
    const given = facts.buildArgs?.get(key) ?? own;
    declared.add(key);
    // An ENV of the same name is stronger.
    if (given !== undefined && !variables.has(key)) variables.set(key, given);
  }
  return { ...scope, variables, declared };
}

function textFor(
  word: string,
  variables: ReadonlyMap<string, string>,
  dockerfile: Dockerfile,
): string | undefined {
  return expansionOf(word, variables, dockerfile)?.value;
}

/** Undefined where the word is wrong: the build says so, lint need not. */
export function expansionOf(
  word: string,
  variables: ReadonlyMap<string, string>,
  { directives }: Dockerfile,
): Expansion | undefined {
  try {
    return expand(word, variables, { escape: directives.escape });
  } catch (error) {
    if (messageOf(error).startsWith("failed to process")) return undefined;
    throw error;
  }
}
