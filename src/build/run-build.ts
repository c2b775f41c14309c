import { join } from "node:path";
import { messageOf } from "../errors/engine-error.ts";
import { ignoreMatcher } from "../lib/ignore-file.ts";
import { span } from "../lib/trace.ts";
import { hostPlatform } from "../oci/platform.ts";
import type { BuilderParts } from "./build.ts";
import type { BuildRequest, BuildResult, ContextSource } from "./build-request.ts";
import type { CacheMounts } from "./cache-mounts.ts";
import type { CacheTransport } from "./cache-transport/cache-transport.ts";
import { CommandFailed } from "./command-failed.ts";
import { loadContext } from "./contexts/load-context.ts";
import type { Dockerfile } from "./dockerfile/dockerfile.ts";
import { DockerfileError } from "./dockerfile/dockerfile-error.ts";
import type { LintFacts } from "./dockerfile/lint/facts.ts";
import { lintDockerfile, lintFailure } from "./dockerfile/lint/lint.ts";
import { parseDockerfile } from "./dockerfile/parse-dockerfile.ts";
import type { Exporter } from "./export/exporter.ts";
import { findBaseImage } from "./find-base-image.ts";
import { OpGraph } from "./ops/make-op.ts";
import type { BuildPlan, PlannedStep } from "./plan/build-plan.ts";
import type { Operation } from "./plan/operation.ts";
import { planBuild } from "./plan/plan-build.ts";
import { epochOf } from "./plan/planning.ts";
import { variablesOf } from "./plan/stage-draft.ts";
import { readDefinition } from "./read-dockerfile.ts";
import { type Results, solvedBuild } from "./solved-plans.ts";
import type { CacheSource } from "./solver/build-cache.ts";
import { type RecordType, Solve, type SolverParts } from "./solver/solve.ts";
import { StepBoard } from "./step-board.ts";
import type { TreeStore } from "./trees/tree-store.ts";

/** What all builds of an engine share. */
export interface BuildWorld {
  readonly parts: BuilderParts;
  readonly solver: SolverParts;
  readonly trees: TreeStore;
  readonly cacheMounts: CacheMounts;
  /** One for each build. */
  openExporter(): Exporter;
  readonly transport: CacheTransport;
}

/** One build: read, plan for each platform, solve, export. */
export async function runBuild(world: BuildWorld, request: BuildRequest): Promise<BuildResult> {
  await using undo = new AsyncDisposableStack();
  const results: Results = new Map();
  const exporter = undo.use(world.openExporter());
  const stop = new AbortController();
  const signal = AbortSignal.any([request.signal, stop.signal]);
  const board = new StepBoard(request.onEvent, (op, result) => {
    results.set(op, result);
    if (packs(request, graph.operationOf(op))) exporter.begin(result.tree);
  });
  const graph: OpGraph = new OpGraph({
    request,
    trees: world.trees,
    images: world.parts.images,
    executor: world.parts.executor,
    directory: world.parts.directory,
    runDirectory: world.parts.runDirectory,
    cacheMounts: world.cacheMounts,
    copyTree: (from, to) => world.parts.copyTree(from, to),
    stepIdOf: (operation) => board.idOf(graph.opOf(operation)),
  });
  const definition = await span("build.read", () => readBuild(world, request, board, undo));
  const { dockerfile } = definition;
  if (request.checkOnly) {
    const failedChecks = reportFindings(request, definition, undefined);
    return { imageId: undefined, metadata: {}, failedChecks };
  }
  const plans = await span("build.plan", () => makePlans(world, request, board, definition));
  reportFindings(request, definition, plans[0]);
  declareSteps(board, dockerfile, plans, graph);
  const holds = undo.use(world.solver.cache.holds());
  const solve = new Solve(world.solver, {
    signal,
    holds,
    observer: board,
    sources: await openSources(world, request, board),
    explain: request.explain,
    placeOf: (op) => {
      const place = board.placeOf(op);
      return place ? `${dockerfile.source.name} ${place.stage} ${place.number}` : op.title;
    },
    typeOf: (op) => recordType(graph.operationOf(op)),
  });
  try {
    await Promise.all(
      plans.map(({ image }) =>
        solve.result(graph.opOf(image.top)).catch((error) => {
          stop.abort(error);
          throw error;
        }),
      ),
    );
  } catch (error) {
    throw failureOf(board, dockerfile, error);
  } finally {
    // What was begun for a build that failed elsewhere stops, and is waited for.
    await solve.settled();
  }
  const solved = await solvedBuild(
    plans,
    graph,
    results,
    solve,
    world.solver.cache,
    epoch(request, dockerfile),
  );
  return await exportBuild(exporter, world.transport, request, solved, board, dockerfile);
}

/** What is built: everything that must be there before a plan can be made. */
interface ReadBuild {
  readonly dockerfile: Dockerfile;
  readonly context: Exclude<ContextSource, { kind: "image" }>;
  readonly ignore: readonly string[];
}

async function readBuild(
  world: BuildWorld,
  request: BuildRequest,
  board: StepBoard,
  undo: AsyncDisposableStack,
): Promise<ReadBuild> {
  const found = await mainContext(world, request, board, undo);
  const asked = found.kind === "dockerfile" ? found.file : request.dockerfile;
  const context = found.kind === "dockerfile" || found.kind === "image" ? ({ kind: "none" } as const) : found;
  const { file, ignore } = readDefinition(asked, context);
  return { dockerfile: parseDockerfile(file), context, ignore };
}

/** What could be better in the Dockerfile; with `# check=error=true` the build ends here. */
function reportFindings(
  request: BuildRequest,
  { dockerfile, ignore }: ReadBuild,
  plan: BuildPlan | undefined,
): number {
  const facts: LintFacts = {
    buildArgs: request.buildArgs,
    ignore: ignoreMatcher(ignore),
    environmentOf: ({ index }) => {
      const base = plan?.bases.get(index);
      return base && variablesOf(base.Env);
    },
    hasShell: ({ index }) => (plan?.bases.get(index)?.Shell?.length ?? 0) > 0,
  };
  const findings = lintDockerfile(dockerfile, facts);
  for (const warning of findings) request.onEvent({ type: "warning", warning });
  const failure = lintFailure(dockerfile, findings, facts);
  if (failure && !request.checkOnly) throw failure;
  return findings.length;
}

async function makePlans(
  world: BuildWorld,
  request: BuildRequest,
  board: StepBoard,
  definition: ReadBuild,
): Promise<BuildPlan[]> {
  const build = world.parts.platforms[0] ?? hostPlatform();
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
        resolve: (image, wanted) => findBaseImage(image, wanted, { parts: world.parts, request, board }),
        warn: (warning) => request.onEvent({ type: "warning", warning }),
      }),
    );
  }
  return plans;
}

/** Git and http come here before anything else, because the Dockerfile is in them. */
async function mainContext(
  { parts }: BuildWorld,
  { context, signal, secrets }: BuildRequest,
  board: StepBoard,
  undo: AsyncDisposableStack,
) {
  if (context.kind !== "git" && context.kind !== "http") return context;
  const directory = join(parts.directory, "received", crypto.randomUUID());
  undo.defer(() => parts.removeTree(directory));
  const secret = await secrets.read("GIT_AUTH_TOKEN");
  const token = secret && { token: Buffer.from(secret).toString("utf8").trim() };
  return await board.step(`[internal] load remote build context ${context.url}`, signal, (scope) =>
    loadContext(context, directory, { ...scope, store: parts.directory, ...token }),
  );
}

function declareSteps(
  board: StepBoard,
  dockerfile: Dockerfile,
  plans: readonly BuildPlan[],
  graph: OpGraph,
): void {
  const steps = [...dockerfile.globalArgs.map(globalStep), ...plans.flatMap((plan) => plan.steps)];
  board.declare(steps, ({ operation }) => operation && graph.opOf(operation));
}

/** ARG above the first FROM belongs to no stage. */
function globalStep({ original, range }: Dockerfile["globalArgs"][number]): PlannedStep {
  return { stage: "", number: 0, of: 0, title: original, original, range, state: "" };
}

async function openSources(
  { transport }: BuildWorld,
  request: BuildRequest,
  board: StepBoard,
): Promise<CacheSource[]> {
  const sources: CacheSource[] = [];
  for (const location of request.cacheFrom) {
    const name = location.kind === "registry" ? location.reference : location.kind;
    const source = await board.step(`importing cache manifest from ${name}`, request.signal, (scope) =>
      transport.open(location, request, scope),
    );
    if (source) sources.push(source);
  }
  return sources;
}

async function exportBuild(
  exporter: Exporter,
  transport: CacheTransport,
  request: BuildRequest,
  solved: Awaited<ReturnType<typeof solvedBuild>>,
  board: StepBoard,
  dockerfile: Dockerfile,
): Promise<BuildResult> {
  const seconds = epoch(request, dockerfile);
  const exported = await board.step("exporting to image", request.signal, (scope) =>
    exporter.export(solved, request, scope, { ...(seconds !== undefined && { epoch: seconds }) }),
  );
  for (const location of request.cacheTo) {
    if (location.kind === "inline") continue;
    await board.step(`exporting cache to ${location.kind}`, request.signal, (scope) =>
      transport.write(location, solved, request, scope),
    );
  }
  return { ...exported, failedChecks: 0 };
}

/** The failure of the first step that failed by itself, at its place in the Dockerfile. */
function failureOf({ failure }: StepBoard, { source }: Dockerfile, thrown: unknown): unknown {
  const error = failure?.error ?? thrown;
  if (error instanceof DockerfileError || !failure?.place || !(error instanceof Error)) return error;
  return new DockerfileError(wordsOf(error), source, failure.place.range, { cause: error });
}

function wordsOf(error: Error): string {
  if (!(error instanceof CommandFailed)) return messageOf(error);
  return `process ${JSON.stringify(error.command.join(" "))} did not complete successfully: exit code: ${error.exitCode}`;
}

function recordType(operation: Operation | undefined): RecordType | undefined {
  switch (operation?.kind) {
    case undefined:
    case "empty":
      return undefined;
    case "context":
      if (operation.source.kind === "git") return "source.git.checkout";
      return operation.source.kind === "http" ? "regular" : undefined;
    case "image":
      return "internal";
    case "git":
      return "source.git.checkout";
    default:
      return "regular";
  }
}

/** A layer that an image will want: packing it goes on while the next step runs. */
function packs({ outputs }: BuildRequest, operation: Operation | undefined): boolean {
  const makesLayer = operation?.kind === "run" || operation?.kind === "copy" || operation?.kind === "workdir";
  return makesLayer && outputs.some(({ kind }) => kind !== "tar");
}

function epoch({ buildArgs }: BuildRequest, { globalArgs }: Dockerfile): number | undefined {
  const globals = globalArgs.flatMap(({ args }) =>
    args.flatMap(({ key, value }) => (value === undefined ? [] : [[key, value] as const])),
  );
  return epochOf(buildArgs, new Map(globals));
}
