import { conflict, invalidArgument, notFound } from "../../errors/engine-error.ts";
import { log } from "../../lib/log.ts";
import { now } from "../../lib/timestamp.ts";
import { span } from "../../lib/trace.ts";
import type { ExecConfig, ExecRecord } from "../../records/exec-record.ts";
import type { RunningProcess } from "../../runtime/runtime.ts";
import { startFailureOf } from "../../runtime/start-failure.ts";
import { parseDetachKeys } from "../attach/detach-keys.ts";
import { PendingStream } from "../attach/pending-stream.ts";
import { openSession } from "../attach/session.ts";
import { effectiveHostConfig } from "../containers/effective-host-config.ts";
import { publishContainerEvent } from "../containers/events.ts";
import type { LiveContainer } from "../containers/live-container.ts";
import type { EngineContext } from "../context.ts";
import type { AttachSession } from "../services/attach.ts";
import type { ExecService, ExecView } from "../services/execs.ts";

// trail: exec -it
export function execService(context: EngineContext): ExecService {
  return {
    create: (container, config) => createExec(context, container, config),
    inspect: (id) => inspectExec(context, id),
    start: (id, options) => startExec(context, id, options),
    resize: (id, height, width) => resizeExec(context, id, height, width),
  };
}

async function createExec(
  context: EngineContext,
  nameOrId: string,
  config: ExecConfig,
): Promise<{ id: string }> {
  const container = context.containers.find(nameOrId);
  assertAcceptsExec(container, nameOrId);
  if (config.command.length === 0) throw invalidArgument("No exec command specified");
  context.runtime.warmUp();
  parseDetachKeys(config.detachKeys);
  const id = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("hex");
  context.records.execs.put({
    id,
    containerId: container.id,
    created: now(),
    config,
    state: { status: "created" },
  });
  publishContainerEvent(context, container, `exec_create: ${config.command.join(" ")}`, { execID: id });
  return { id };
}

function assertAcceptsExec(container: LiveContainer, nameOrId: string): void {
  const { status } = container.record.state;
  if (status === "paused") {
    throw conflict(`Container ${nameOrId} is paused, unpause the container before exec`);
  }
  if (status === "restarting") {
    throw conflict(`Container ${nameOrId} is restarting, wait until the container is running`);
  }
  if (status !== "running" || !container.task) throw conflict(`container ${container.id} is not running`);
}

function findExec(context: EngineContext, id: string): { record: ExecRecord; container: LiveContainer } {
  const record = context.records.execs.get(id);
  const container = record && context.containers.get(record.containerId);
  if (!record || !container) throw notFound(`No such exec instance: ${id}`);
  return { record, container };
}

async function inspectExec(context: EngineContext, id: string): Promise<ExecView> {
  const { record, container } = findExec(context, id);
  return { record, containerId: container.id };
}

async function startExec(
  context: EngineContext,
  id: string,
  options: { detach: boolean; tty: boolean; consoleSize?: readonly [number, number] },
): Promise<AttachSession | undefined> {
  const { record, container } = findExec(context, id);
  if (record.state.status === "exited") throw conflict(`exec command ${id} has already run`);
  if (record.state.status === "running") throw conflict(`Error: Exec command ${id} is already running`);
  assertAcceptsExec(container, container.id);
  const { task } = container;
  if (!task) throw conflict(`container ${container.id} is not running`);
  const { config } = record;
  const attached = !options.detach && (config.attachStdin || config.attachStdout || config.attachStderr);
  const process = await span("exec.runtime", async () => {
    try {
      return await task.exec(id, {
        config,
        containerConfig: container.record.config,
        hostConfig: effectiveHostConfig(context, container.record),
        rootfs: context.roots.pathOf(container.id),
        expectAttached: attached ? 1 : 0,
        ...(options.consoleSize ? { consoleSize: options.consoleSize } : {}),
      });
    } catch (error) {
      context.records.execs.put({
        ...record,
        state: { status: "exited", exitCode: startFailureOf(error)?.exitCode ?? 255 },
      });
      throw error;
    }
  });
  container.execs.set(id, process);
  context.records.execs.put({ ...record, state: { status: "running", pid: process.pid } });
  publishContainerEvent(context, container, `exec_start: ${config.command.join(" ")}`, { execID: id });
  const ended = followExec(context, container, record, process);
  if (!attached) return undefined;
  const stream = new PendingStream({
    stdin: config.attachStdin,
    stdout: config.attachStdout,
    stderr: config.attachStderr,
  });
  await stream.connect(process);
  return openSession(stream, {
    // Clients ask for the exit code as soon as the output ends: it must be known by then.
    lastWords: ended.then(() => undefined),
    terminal: config.tty,
    detachKeys: parseDetachKeys(config.detachKeys),
    onDetach: () => publishContainerEvent(context, container, "exec_detach", { execID: id }),
  });
}

/** Records the end of an exec; also for those found again after an engine restart. */
export function followExec(
  context: EngineContext,
  container: LiveContainer,
  record: ExecRecord,
  process: RunningProcess,
): Promise<void> {
  return context.background.run(`exit of exec ${record.id}`, async () => {
    const exit = await process.exited;
    container.execs.delete(record.id);
    if (!context.records.execs.get(record.id)) return;
    context.records.execs.put({ ...record, state: { status: "exited", exitCode: exit.code } });
    publishContainerEvent(context, container, "exec_die", { execID: record.id, exitCode: String(exit.code) });
    log.debug("exec ended", { exec: record.id, code: exit.code });
  });
}

async function resizeExec(context: EngineContext, id: string, height: number, width: number): Promise<void> {
  const { container } = findExec(context, id);
  const process = container.execs.get(id);
  if (!process) throw conflict(`exec ${id} is not running`);
  await process.resize(height, width);
}
