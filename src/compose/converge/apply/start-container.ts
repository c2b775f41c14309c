import { conflict, isKind, notFound } from "../../../errors/engine-error.ts";
import { failpoint } from "../../../lib/failpoint.ts";
import { epochSeconds, type TarEntry } from "../../../lib/tar/entry.ts";
import { endOfArchive, formatHeader, paddingAfter } from "../../../lib/tar/tar-writer.ts";
import type { InjectedFile } from "../../create/container-body.ts";
import { explainedPortConflict } from "../../create/port-conflict.ts";
import type { Service } from "../../model/service.ts";
import type { ObservedContainer } from "../../observe/observed.ts";
import { isRunning } from "../../observe/observed-container.ts";
import { containerTask } from "../../task.ts";
import type { HookLine } from "../deeds.ts";
import type { Convergence } from "./convergence.ts";
import { planFor } from "./make-container.ts";
import { isAmbiguous } from "./make-resource.ts";
import { runHook } from "./run-hook.ts";
import { reported, unlessSo } from "./work-on.ts";

/** So often somebody else's replacement is looked for, and so many milliseconds between. */
const attempts = 50;
const pause = 100;

/**
 * Starts whatever container has the place. Another run may replace it at the same time: then the one
 * that has the place afterwards is started, if it is not running by then.
 */
export async function startPlace(
  run: Convergence,
  service: Service,
  number: number,
  onLine: HookLine | undefined,
): Promise<void> {
  const { signal } = run.context;
  for (let attempt = 1; ; attempt++) {
    const container = run.at(service.name, number);
    const isComing = run.containers.some((each) => each.service === service.name && each.number === number);
    if (!container && !isComing) throw notFound(`${service.name}-${number} was removed by somebody else`);
    if (container && attempt > 1 && isRunning(container)) {
      return run.context.report({ id: containerTask(container.name), status: "done", text: "Running" });
    }
    try {
      if (container) return await startContainer(run, service, container, onLine);
    } catch (error) {
      if (attempt >= attempts || !(await mayPass(run, container, error))) throw error;
    }
    if (attempt >= attempts) throw conflict(`${service.name}-${number} is being replaced by somebody else`);
    signal.throwIfAborted();
    await Bun.sleep(pause);
    await run.refresh();
  }
}

/** Whether somebody else is the reason, who will be done with it. */
async function mayPass(
  run: Convergence,
  container: ObservedContainer | undefined,
  error: unknown,
): Promise<boolean> {
  if (isAmbiguous(error)) return true;
  if (!isKind(error, "not_found") && !isKind(error, "conflict")) return false;
  await run.refresh();
  const now = run.containers.find(({ id }) => id === container?.id);
  return now === undefined || now.state === "removing";
}

// trail: compose up
/** Copies configs and secrets in, starts it and runs its post_start hooks: once, by whoever started it. */
export async function startContainer(
  run: Convergence,
  service: Service,
  container: ObservedContainer,
  onLine: HookLine | undefined,
): Promise<void> {
  const { context, project } = run;
  // A successor is told of under the name it will have.
  const shown = container.replaces ? container.name.slice(container.replaces.length + 1) : container.name;
  await reported(context.report, containerTask(shown), ["Starting", "Started"], async () => {
    await inject(run, service, container);
    await failpoint("compose.start");
    const params = { id: container.id };
    const here = await unlessSo(() => context.engine.call("ContainerStart", { params })).catch((error) => {
      throw explainedPortConflict(error, service);
    });
    await failpoint("compose.started");
    if (!here) return;
    for (const hook of service.post_start ?? []) {
      await runHook(context, project.name, service, container, hook, onLine);
    }
  });
  run.put({ ...container, state: "running" });
}

async function inject(run: Convergence, service: Service, container: ObservedContainer): Promise<void> {
  if (!service.configs && !service.secrets) return;
  const { files } = planFor(run, service, container.number, undefined);
  if (files.length === 0) return;
  // Owners are those of the archive: the engine would otherwise take the container's user.
  await run.context.engine.call("PutContainerArchive", {
    params: { id: container.id },
    query: { path: "/" },
    upload: archiveOf(files, Math.floor(Date.now() / 1000)),
    headers: { "Content-Type": "application/x-tar" },
  });
}

export function archiveOf(files: readonly InjectedFile[], now: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const { path, mode, uid, gid, content } of files) {
    const bytes = Buffer.from(content);
    const entry: TarEntry = {
      path: path.replace(/^\/+/, ""),
      type: "file",
      mode,
      uid,
      gid,
      size: bytes.length,
      modified: epochSeconds(now),
    };
    parts.push(formatHeader(entry), bytes, paddingAfter(bytes.length));
  }
  return Buffer.concat([...parts, endOfArchive()]);
}
