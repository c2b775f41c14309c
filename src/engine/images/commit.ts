import { conflict } from "../../errors/engine-error.ts";
import { now } from "../../lib/timestamp.ts";
import type { ImageRunConfig } from "../../oci/image-config.ts";
import { publishContainerEvent } from "../containers/events.ts";
import type { LiveContainer } from "../containers/live-container.ts";
import { containerLock } from "../containers/locks.ts";
import type { EngineContext } from "../context.ts";
import type { CommitRequest } from "../services/containers.ts";
import { applyChanges } from "./apply-changes.ts";

/** `docker commit`: what a container changed becomes one more layer of its image. */
export async function commitContainer(context: EngineContext, request: CommitRequest) {
  const container = context.containers.find(request.container);
  const image = await containerLock(context, container, () => commitLocked(context, container, request));
  if (request.reference) await context.images.tag(image.id, request.reference);
  publishContainerEvent(context, container, "commit", {
    comment: request.comment,
    imageID: image.id,
    imageRef: request.reference ?? "",
  });
  return { id: image.id };
}

async function commitLocked(context: EngineContext, container: LiveContainer, request: CommitRequest) {
  const { record } = container;
  if (record.state.status === "removing" || record.state.status === "dead") {
    throw conflict(`You cannot commit container ${record.id} which is being removed`);
  }
  // The record goes on saying "running": an engine that dies in here leaves nobody paused, the next one thaws.
  const task = request.pause && record.state.status === "running" ? container.task : undefined;
  await task?.pause();
  try {
    const parent = await context.images.get(record.image);
    return await context.images.create({
      parent: record.image,
      layer: await context.images.exportLayer(record.id),
      runConfig: applyChanges(runConfigOf(container, request), request.changes),
      platform: parent ? parent.config : { os: "linux", architecture: "amd64" },
      author: request.author,
      comment: request.comment,
      history: {
        created: now(),
        created_by: [record.path, ...record.args].join(" "),
        ...(request.author ? { author: request.author } : {}),
        ...(request.comment ? { comment: request.comment } : {}),
      },
    });
  } finally {
    await task?.resume();
  }
}

/** The container's configuration as an image carries it, with the request's own on top. */
function runConfigOf(container: LiveContainer, request: CommitRequest): ImageRunConfig {
  const own = container.record.config;
  const asked = request.config;
  const config = {
    User: asked?.User || own.User,
    ExposedPorts: { ...own.ExposedPorts, ...asked?.ExposedPorts },
    Env: asked?.Env && asked.Env.length > 0 ? mergeEnv(own.Env, asked.Env) : own.Env,
    Entrypoint: asked?.Entrypoint ?? own.Entrypoint,
    Cmd: asked?.Cmd ?? own.Cmd,
    Volumes: { ...own.Volumes, ...asked?.Volumes },
    WorkingDir: asked?.WorkingDir || own.WorkingDir,
    Labels: { ...own.Labels, ...asked?.Labels },
    OnBuild: asked?.OnBuild ?? own.OnBuild,
  };
  const healthcheck = asked?.Healthcheck ?? own.Healthcheck;
  const shell = asked?.Shell ?? own.Shell;
  const stopSignal = asked?.StopSignal ?? own.StopSignal;
  return {
    ...config,
    ...(healthcheck ? { Healthcheck: healthcheck } : {}),
    ...(shell ? { Shell: shell } : {}),
    ...(stopSignal ? { StopSignal: stopSignal } : {}),
  };
}

function mergeEnv(base: readonly string[], over: readonly string[]): string[] {
  const keyOf = (entry: string) => entry.split("=", 1)[0] ?? entry;
  const replaced = new Set(over.map(keyOf));
  return [...base.filter((entry) => !replaced.has(keyOf(entry))), ...over];
}
