import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Builder } from "../../build/build.ts";
import type { BuildRequest, BuildResult } from "../../build/build-request.ts";
import { CommandFailed } from "../../build/command-failed.ts";
import { DockerfileError } from "../../build/dockerfile/dockerfile-error.ts";
import { cancelled, conflict } from "../../errors/engine-error.ts";
import { removeLargeTree } from "../../sys/remove-tree.ts";
import type { EngineContext } from "../context.ts";
import type { BuildOrder, BuildService, FailurePlace } from "../services/builds.ts";
import { OpenSessions } from "./build-sessions.ts";
import { exportMount, importMount } from "./carry-mount.ts";
import { makeRequest } from "./make-request.ts";

type World = Pick<EngineContext, "background" | "events" | "settings"> & { readonly builder: Builder };

/** Where contexts and sessions' files lie while they are needed. */
const receivedDirectory = ({ settings }: Pick<EngineContext, "settings">) =>
  join(settings.dataRoot, "build", "received");

/** At the engine's start: nothing received before is of any use. */
export function dropReceived(context: Pick<EngineContext, "settings">): void {
  rmSync(receivedDirectory(context), { recursive: true, force: true });
}

export function buildService(world: World): BuildService {
  const sessions = new OpenSessions(() => receivedDirectory(world), world.background);
  const running = new Map<string, AbortController>();
  return {
    sessions,
    build: (order) => build(world, sessions, running, order),
    placeOf,
    classicError,
    reached: reachedStates(),
    cancel: (buildId) => running.get(buildId)?.abort(),
    async prune(policy) {
      const report = await world.builder.prune(policy);
      world.events.publish("builder", "prune", "", { reclaimed: String(report.reclaimed) });
      return report;
    },
    usage: () => world.builder.usage(),
    exportMount: (id, signal) => exportMount(world.builder, id, signal),
    importMount: (id, tar, signal) => importMount(world.builder, id, tar, signal),
  };
}

// trail: build
async function build(
  world: World,
  sessions: OpenSessions,
  running: Map<string, AbortController>,
  order: BuildOrder,
): Promise<BuildResult> {
  await using undo = new AsyncDisposableStack();
  const stop = new AbortController();
  const { buildId } = order;
  if (buildId !== undefined) {
    if (running.has(buildId)) throw conflict(`a build with the id ${JSON.stringify(buildId)} is running`);
    running.set(buildId, stop);
    undo.defer(() => void running.delete(buildId));
  }
  const session = order.session === undefined ? undefined : sessions.find(order.session);
  const signal = AbortSignal.any([order.signal, stop.signal, ...(session ? [session.signal] : [])]);
  const directory = join(receivedDirectory(world), crypto.randomUUID());
  // Many files take a while to go; nobody waits for that.
  undo.defer(() => void world.background.run("drop a build's context", () => removeLargeTree(directory)));
  try {
    const request = await makeRequest(order, session, directory, signal);
    const result = await world.builder.build(request);
    publish(world, request, result);
    return result;
  } catch (error) {
    // Whatever broke off because of it: the client is gone, or wanted it.
    if (signal.aborted) throw cancelled("the build was cancelled", error);
    throw error;
  }
}

function publish({ events }: World, request: BuildRequest, { imageId }: BuildResult): void {
  if (imageId === undefined) return;
  events.publish("image", "build", imageId, { name: imageId });
  for (const name of request.tags) events.publish("image", "tag", imageId, { name });
}

function placeOf(error: unknown): FailurePlace | undefined {
  if (!(error instanceof DockerfileError)) return undefined;
  const { file, range, hint } = error;
  return { file, range, hint };
}

function classicError(error: unknown): unknown {
  return error instanceof DockerfileError && error.cause instanceof CommandFailed ? error.cause : error;
}

/** More than anybody builds in a day. */
const mostStates = 20_000;

function reachedStates(): BuildService["reached"] {
  const states = new Set<string>();
  return (state) => {
    const known = states.delete(state);
    states.add(state);
    if (states.size > mostStates) for (const oldest of states) return states.delete(oldest) && known;
    return known;
  };
}
