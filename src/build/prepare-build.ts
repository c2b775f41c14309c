import { join } from "node:path";
import { isKind } from "../errors/engine-error.ts";
import { ignoreMatcher } from "../lib/ignore-file.ts";
import type { ImageRunConfig } from "../oci/image-config.ts";
import { hostPlatform } from "../oci/platform.ts";
import type { BuilderParts } from "./build.ts";
import type { BuildRequest, ContextSource } from "./build-request.ts";
import { loadContext } from "./contexts/load-context.ts";
import { withoutPassword } from "./contexts/without-password.ts";
import type { Dockerfile } from "./dockerfile/dockerfile.ts";
import type { LintFacts } from "./dockerfile/lint/facts.ts";
import { lintDockerfile, lintFailure } from "./dockerfile/lint/lint.ts";
import { baseImageOf } from "./dockerfile/lint/scopes.ts";
import { parseDockerfile } from "./dockerfile/parse-dockerfile.ts";
import { findBaseImage } from "./find-base-image.ts";
import type { BuildPlan } from "./plan/build-plan.ts";
import { planBuild } from "./plan/plan-build.ts";
import { variablesOf } from "./plan/stage-draft.ts";
import { readDefinition } from "./read-dockerfile.ts";
import type { StepBoard } from "./step-board.ts";

/** What is built: everything that must be there before a plan can be made. */
export interface ReadBuild {
  readonly dockerfile: Dockerfile;
  readonly context: Exclude<ContextSource, { kind: "image" }>;
  readonly ignore: readonly string[];
}

export async function readBuild(
  parts: BuilderParts,
  request: BuildRequest,
  board: StepBoard,
  undo: AsyncDisposableStack,
): Promise<ReadBuild> {
  const found = await mainContext(parts, request, board, undo);
  const asked = found.kind === "dockerfile" ? found.file : request.dockerfile;
  const context = found.kind === "dockerfile" || found.kind === "image" ? ({ kind: "none" } as const) : found;
  const { file, ignore } = readDefinition(asked, context);
  return { dockerfile: parseDockerfile(file), context, ignore };
}

/** Configurations of base images, by stage. */
export type Bases = ReadonlyMap<number, ImageRunConfig>;

/** Of the base images that are here; to look at a Dockerfile nothing is pulled. */
export async function basesHere(
  { images, platforms }: BuilderParts,
  { buildArgs, platforms: wanted }: BuildRequest,
  { dockerfile }: ReadBuild,
): Promise<Bases> {
  const bases = new Map<number, ImageRunConfig>();
  const platform = wanted[0] ?? platforms[0] ?? hostPlatform();
  for (const stage of dockerfile.stages) {
    const name = baseImageOf(dockerfile, stage, { buildArgs });
    if (name === undefined) continue;
    try {
      const image = await images.find(name, platform);
      bases.set(stage.index, image.config.config ?? {});
    } catch (error) {
      if (!isKind(error, "not_found") && !isKind(error, "invalid_argument")) throw error;
    }
  }
  return bases;
}

/** What could be better in the Dockerfile; with `# check=error=true` the build ends here. */
export function reportFindings(
  request: BuildRequest,
  { dockerfile, ignore }: ReadBuild,
  bases: Bases,
): number {
  const facts: LintFacts = {
    buildArgs: request.buildArgs,
    ignore: ignoreMatcher(ignore),
    environmentOf: ({ index }) => {
      const base = bases.get(index);
      return base && variablesOf(base.Env);
    },
    hasShell: ({ index }) => (bases.get(index)?.Shell?.length ?? 0) > 0,
  };
  const findings = lintDockerfile(dockerfile, facts);
  for (const warning of findings) request.onEvent({ type: "warning", warning });
  const failure = lintFailure(dockerfile, findings, facts);
  if (failure && !request.checkOnly) throw failure;
  return findings.length;
}

export async function makePlans(
  parts: BuilderParts,
  request: BuildRequest,
  board: StepBoard,
  definition: ReadBuild,
): Promise<BuildPlan[]> {
  const build = parts.platforms[0] ?? hostPlatform();
  const platforms = request.platforms.length > 0 ? request.platforms : [build];
  const plans: BuildPlan[] = [];
  for (const platform of platforms) {
    plans.push(
      await planBuild({
        ...definition,
        request,
        buildPlatform: build,
        platform,
        isOneOfSeveral: platforms.length > 1,
        resolve: (image, wanted) => findBaseImage(image, wanted, { parts, request, board }),
        warn: (warning) => request.onEvent({ type: "warning", warning }),
      }),
    );
  }
  return plans;
}

/** Git and http come here before anything else, because the Dockerfile is in them. */
async function mainContext(
  parts: BuilderParts,
  { context, signal, secrets }: BuildRequest,
  board: StepBoard,
  undo: AsyncDisposableStack,
) {
  if (context.kind !== "git" && context.kind !== "http") return context;
  const directory = join(parts.directory, "received", crypto.randomUUID());
  undo.defer(() => parts.removeTree(directory));
  const secret = await secrets.read("GIT_AUTH_TOKEN");
  const token = secret && { token: Buffer.from(secret).toString("utf8").trim() };
  return await board.step(
    `[internal] load remote build context ${withoutPassword(context.url)}`,
    signal,
    (scope) => loadContext(context, directory, { ...scope, store: parts.directory, ...token }),
  );
}
