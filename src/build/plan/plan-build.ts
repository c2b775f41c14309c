import { invalidArgument } from "../../errors/engine-error.ts";
import { nearest } from "../../lib/nearest.ts";
import type { ImageRunConfig } from "../../oci/image-config.ts";
import { formatPlatform, hostPlatform, type Platform, parsePlatformText } from "../../oci/platform.ts";
import type { Stage } from "../dockerfile/dockerfile.ts";
import { DockerfileError } from "../dockerfile/dockerfile-error.ts";
import { expandWord } from "../dockerfile/expand-word.ts";
import { automaticArgs, isProxyArg } from "./automatic-args.ts";
import type { BuildPlan, ImagePlan } from "./build-plan.ts";
import { type FoundSource, Sources } from "./find-source.ts";
import type { Operation } from "./operation.ts";
import { draftOn, planInstructions, stateOf } from "./plan-stage.ts";
import { epochOf, type PlanInput } from "./planning.ts";
import { located } from "./problems.ts";
import { emptyConfig, type PlannedStage } from "./stage-draft.ts";
import { withoutDeclared } from "./unset.ts";

/**
 * From a Dockerfile to the graph of what has to be made for one platform. Only stages that the
 * target needs are looked at, and only their base images are asked for.
 */
// trail: build
export async function planBuild(input: PlanInput): Promise<BuildPlan> {
  return await new Planner(input).plan();
}

class Planner {
  readonly #input: PlanInput;
  readonly #sources: Sources;
  readonly #globals: ReadonlyMap<string, string>;
  readonly #bases = new Map<number, ImageRunConfig>();
  readonly #stages = new Map<number, Promise<PlannedStage>>();

  constructor(input: PlanInput) {
    this.#input = input;
    this.#sources = new Sources(input);
    this.#globals = globalArgs(input);
  }

  async plan(): Promise<BuildPlan> {
    const { dockerfile, request, platform } = this.#input;
    const target = findTarget(this.#input);
    const stage = await this.#stage(target.index);
    const labels = Object.fromEntries(request.labels);
    const config = { ...stage.config };
    if (request.labels.size > 0) config.Labels = { ...config.Labels, ...labels };
    const image: ImagePlan = {
      platform: stage.platform ?? platform,
      top: stage.top,
      config,
      ...(stage.author !== undefined && { author: stage.author }),
      history: stage.history,
    };
    this.#warnOfUnused();
    const planned = await Promise.all(dockerfile.stages.map(({ index }) => this.#stages.get(index)));
    return { image, steps: planned.flatMap((one) => one?.steps ?? []), bases: this.#bases };
  }

  /** Arguments no instruction declares change nothing: most often a slip of the pen. */
  #warnOfUnused(): void {
    const { dockerfile, request, warn } = this.#input;
    const declared = [
      ...dockerfile.globalArgs,
      ...dockerfile.stages.flatMap(({ instructions }) => instructions),
    ]
      .flatMap((instruction) => (instruction.name === "ARG" ? instruction.args : []))
      .map(({ key }) => key);
    const known = new Set([...declared, ...automaticArgs(hostPlatform(), hostPlatform(), "").keys()]);
    const unused = [...request.buildArgs.keys()].filter(
      (name) => !known.has(name) && !isProxyArg(name) && !/^(?:BUILDKIT_|SOURCE_DATE_EPOCH$)/.test(name),
    );
    if (unused.length === 0) return;
    warn({
      rule: "UnusedBuildArgs",
      message: `One or more build-args [${unused.sort().join(" ")}] were not consumed`,
      detail: "An argument has to be declared with ARG before it can be used.",
    });
  }

  #stage(index: number): Promise<PlannedStage> {
    let planned = this.#stages.get(index);
    if (!planned) {
      planned = this.#planStage(index);
      this.#stages.set(index, planned);
    }
    return planned;
  }

  async #planStage(index: number): Promise<PlannedStage> {
    const { dockerfile, request, isOneOfSeveral, platform: target } = this.#input;
    const stage = dockerfile.stages[index];
    if (!stage) throw invalidArgument(`there is no stage ${index}`);
    const { from } = stage;
    const name = stage.name ?? (dockerfile.stages.length > 1 ? `stage-${index}` : "");
    const base = await located(dockerfile.source, from.range, async () => {
      const platform = from.platform === undefined ? target : this.#platform(from.platform);
      return { platform, ...(await this.#base(stage, this.#expand(from.image), platform)) };
    });
    this.#bases.set(index, base.config);
    const title = [isOneOfSeveral ? formatPlatform(base.platform) : "", name].filter(Boolean).join(" ");
    const { noCache } = request;
    return await planInstructions(draftOn(base, { stage, title, platform: base.platform }), {
      input: this.#input,
      globals: this.#globals,
      epoch: epochOf(request.buildArgs, this.#globals),
      fresh: noCache === true || (Array.isArray(noCache) && noCache.some((one) => isNamed(stage, one))),
      sourceOf: (source, platform) => this.#sourceOf(source, index, platform),
    });
  }

  #platform(word: string): Platform {
    const text = this.#expand(word);
    if (text === "") throw invalidArgument(`empty platform value from expression ${word}`);
    return parsePlatformText(text);
  }

  #expand(word: string): string {
    return expandWord(word, this.#globals, { escape: this.#input.dockerfile.directives.escape });
  }

  async #base(stage: Stage, name: string, platform: Platform): Promise<PlannedBase> {
    if (name.trim() === "") throw invalidArgument(`base name (${stage.from.image}) should not be blank`);
    // A context of this stage's own name takes the place of the whole stage.
    const named = await this.#sources.named(name, platform);
    if (named) return this.#on(named);
    const earlier = findStage(this.#input.dockerfile.stages.slice(0, stage.index), name);
    if (earlier) return await this.#stage(earlier.index);
    if (name === "scratch") return onFiles({ kind: "empty", title: "FROM scratch" });
    return this.#on(await this.#sources.image({ kind: "image", reference: name }, platform));
  }

  #on({ operation, image }: FoundSource): PlannedBase {
    if (!image) return onFiles(operation);
    const { config, author, history = [] } = image.config;
    const kept = withoutDeclared(config ?? {}, this.#input.request.unset);
    return { top: operation, config: kept, author, history, state: image.id };
  }

  /** `COPY --from`, `--mount from=`: a named context, an earlier stage by name or number, an image. */
  async #sourceOf(from: string | undefined, index: number, platform: Platform): Promise<Operation> {
    if (from === undefined) return this.#sources.mainContext;
    if (from.includes("$"))
      throw invalidArgument("'from' doesn't support variable expansion, define alias stage instead");
    const named = await this.#sources.named(from, platform);
    if (named) return named.operation;
    const stages = this.#input.dockerfile.stages.slice(0, index);
    if (/^\d+$/.test(from)) {
      if (Number(from) < index) return (await this.#stage(Number(from))).top;
      throw invalidArgument(`invalid from flag value ${from}: refers to current build stage or a later one`);
    }
    const stage = findStage(stages, from);
    if (stage) return (await this.#stage(stage.index)).top;
    const later = findStage(this.#input.dockerfile.stages.slice(index), from);
    if (later) {
      const why = later.index === index ? "circular dependency detected on stage" : "it is a later stage:";
      throw invalidArgument(`invalid from flag value ${from}: ${why} ${from}`);
    }
    return (await this.#imageNamed(from, stages, platform)).operation;
  }

  /** A name that is no image may be a mistyped stage. */
  async #imageNamed(from: string, stages: readonly Stage[], platform: Platform) {
    try {
      return await this.#sources.image({ kind: "image", reference: from }, platform);
    } catch (error) {
      const meant = nearest(
        from.toLowerCase(),
        stages.flatMap(({ name }) => name ?? []),
      );
      if (meant === undefined || !(error instanceof Error)) throw error;
      throw invalidArgument(`${error.message} (there is a stage named ${JSON.stringify(meant)})`, error);
    }
  }
}

type PlannedBase = Pick<PlannedStage, "top" | "config" | "author" | "history" | "state"> &
  Partial<Pick<PlannedStage, "args">>;

function onFiles(top: Operation): PlannedBase {
  return { top, config: emptyConfig, author: undefined, history: [], state: stateOf("", top.title, {}) };
}

const isNamed = ({ name, index }: Stage, asked: string): boolean =>
  asked.toLowerCase() === name || asked === String(index);

/** The last of its name counts. */
const findStage = (stages: readonly Stage[], name: string): Stage | undefined =>
  stages.findLast((stage) => stage.name !== undefined && stage.name === name.toLowerCase());

function findTarget({ dockerfile, request }: PlanInput): Stage {
  const { stages, source } = dockerfile;
  const last = stages.at(-1);
  if (!last) throw invalidArgument("dockerfile contains no stages to build");
  if (request.target === "") return last;
  const found =
    findStage(stages, request.target) ??
    (/^\d+$/.test(request.target) ? stages[Number(request.target)] : undefined);
  if (found) return found;
  const meant = nearest(
    request.target.toLowerCase(),
    stages.flatMap(({ name }) => name ?? []),
  );
  throw new DockerfileError(
    `target stage ${JSON.stringify(request.target)} could not be found`,
    source,
    last.from.range,
    meant === undefined ? {} : { hint: meant },
  );
}

/** ARG above the first FROM: values of the build before defaults, defaults may use what came before. */
function globalArgs({ dockerfile, request, buildPlatform, platform }: PlanInput): Map<string, string> {
  const { buildArgs } = request;
  const scope = new Map(automaticArgs(buildPlatform, platform, request.target));
  for (const name of scope.keys()) {
    const given = buildArgs.get(name);
    if (given !== undefined) scope.set(name, given);
  }
  for (const { args } of dockerfile.globalArgs) {
    for (const { key, value } of args) {
      const otherwise =
        value === undefined ? undefined : expandWord(value, scope, { escape: dockerfile.directives.escape });
      const given = buildArgs.get(key) ?? otherwise;
      if (given !== undefined) scope.set(key, given);
    }
  }
  return scope;
}
