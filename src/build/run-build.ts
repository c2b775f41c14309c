import { span } from "../lib/trace.ts";
import type { BuilderParts } from "./build.ts";
import type { BuildRequest, BuildResult } from "./build-request.ts";
import type { CacheMounts } from "./cache-mounts.ts";
import type { CacheTransport } from "./cache-transport/cache-transport.ts";
import { failureWords } from "./command-failed.ts";
import type { Dockerfile } from "./dockerfile/dockerfile.ts";
import { DockerfileError } from "./dockerfile/dockerfile-error.ts";
import type { Exporter } from "./export/exporter.ts";
import { OpGraph } from "./ops/make-op.ts";
import type { BuildPlan, PlannedStep } from "./plan/build-plan.ts";
import type { Operation } from "./plan/operation.ts";
import { epochOf } from "./plan/planning.ts";
import { basesHere, makePlans, readBuild, reportFindings } from "./prepare-build.ts";
import { opsInResult, type Results, solvedBuild } from "./solved-plans.ts";
import type { CacheSource } from "./solver/build-cache.ts";
import type { Op } from "./solver/op.ts";
import { Solve } from "./solver/solve.ts";
import type { RecordType, SolverParts } from "./solver/solve-options.ts";
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

// trail: build
/** One build: read, plan for each platform, solve, export. */
export async function runBuild(world: BuildWorld, request: BuildRequest): Promise<BuildResult> {
  await using undo = new AsyncDisposableStack();
  const results: Results = new Map();
  const exporter = undo.use(world.openExporter());
  const stop = new AbortController();
  const signal = AbortSignal.any([request.signal, stop.signal]);
  let packed: ReadonlySet<Op> | undefined;
  const board = new StepBoard(request.onEvent, (op, result) => {
    results.set(op, result);
    if (packed?.has(op) && makesLayer(graph.operationOf(op))) exporter.begin(result.tree);
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
  const definition = await span("build.read", () => readBuild(world.parts, request, board, undo));
  const { dockerfile } = definition;
  if (request.checkOnly) {
    const bases = await basesHere(world.parts, request, definition);
    const failedChecks = reportFindings(request, definition, bases);
    return { imageId: undefined, metadata: {}, failedChecks };
  }
  const plans = await span("build.plan", () => makePlans(world.parts, request, board, definition));
  reportFindings(request, definition, plans[0]?.bases ?? new Map());
  declareSteps(board, dockerfile, plans, graph);
  if (wantsLayers(request)) packed = opsInResult(plans, graph);
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
  return new DockerfileError(failureWords(error), source, failure.place.range, { cause: error });
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

/** Packing a layer goes on while the next step runs, where it is sure that an image will want it. */
function wantsLayers({ outputs, squash }: BuildRequest): boolean {
  return !squash && outputs.some(({ kind }) => kind !== "tar");
}

function makesLayer(operation: Operation | undefined): boolean {
  return operation?.kind === "run" || operation?.kind === "copy" || operation?.kind === "workdir";
}

function epoch({ buildArgs }: BuildRequest, { globalArgs }: Dockerfile): number | undefined {
  const globals = globalArgs.flatMap(({ args }) =>
    args.flatMap(({ key, value }) => (value === undefined ? [] : [[key, value] as const])),
  );
  return epochOf(buildArgs, new Map(globals));
}
