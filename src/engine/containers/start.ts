import { conflict, EngineError, messageOf, notModified } from "../../errors/engine-error.ts";
import { failpoint } from "../../lib/failpoint.ts";
import { log } from "../../lib/log.ts";
import { now } from "../../lib/timestamp.ts";
import { span } from "../../lib/trace.ts";
import type { Task } from "../../runtime/runtime.ts";
import { startFailureOf } from "../../runtime/start-failure.ts";
import type { EngineContext } from "../context.ts";
import { beginStanding, followStanding } from "../health/standing.ts";
import { startHealthChecks } from "../health/start-checks.ts";
import { withoutAddresses } from "../networks/endpoints.ts";
import { publishContainerEvent } from "./events.ts";
import { handleExit } from "./exit.ts";
import { joinNetworks } from "./join-networks.ts";
import type { LiveContainer } from "./live-container.ts";
import { containerLock } from "./locks.ts";
import { markAsContainer } from "./mark-as-container.ts";
import { mountVolumes } from "./mount-volumes.ts";
import { removeLocked } from "./remove.ts";
import { mountSharedMemory } from "./shared-memory.ts";
import { taskOptions } from "./task-options.ts";

// trail: run -p
export async function startContainer(context: EngineContext, nameOrId: string): Promise<void> {
  const container = context.containers.find(nameOrId);
  await containerLock(context, container, async () => {
    // A person's start begins a new count of what the restart policy does.
    container.restartDelayMs = 0;
    if (container.record.restartCount > 0 && !container.isRunning) {
      context.containers.update(container, { restartCount: 0 });
    }
    await startLocked(context, container);
  });
}

/**
 * Starts a container, in a fixed order: root, volumes, networks, process. Each step puts
 * its undoing on the stack; a failure leaves the container as it was before, with the
 * reason in its state.
 */
export async function startLocked(context: EngineContext, container: LiveContainer): Promise<void> {
  assertStartable(container);
  clearTimeout(container.restartTimer);
  container.restartTimer = undefined;
  container.exitIsFinal = false;
  beginStanding(container);
  context.records.execs.removeOfContainer(container.id);
  container.execs.clear();
  const startedAt = now();
  try {
    const task = await runTask(context, container, startedAt);
    void context.background.run(`exit of ${container.id}`, async () =>
      handleExit(context, container, task, await task.exited, startLocked),
    );
    publishContainerEvent(context, container, "start");
    startHealthChecks(context, container);
    followStanding(context, container);
  } catch (error) {
    await recordFailure(context, container, error);
    throw error;
  }
}

async function runTask(context: EngineContext, container: LiveContainer, startedAt: string): Promise<Task> {
  await using undo = new AsyncDisposableStack();
  const { record } = container;
  const root = await span("start.root", () => context.roots.acquire(record.id));
  undo.defer(() => context.roots.release(record.id));
  markAsContainer(root);
  await failpoint("start.root");
  const mounts = await span("start.volumes", () => mountVolumes(context, record, undo));
  const sharedMemory = await mountSharedMemory(context, record, undo);
  const joined = await joinNetworks(context, container, undo);
  await failpoint("start.network");
  const options = await span("start.options", () =>
    taskOptions(context, container, { root, mounts: [...sharedMemory, ...mounts.mounts], joined }),
  );
  await span("start.names", async () => joined.named);
  const task = await span("start.shim", () => context.runtime.start(options));
  undo.defer(async () => {
    container.task = undefined;
    await task.delete();
  });
  container.task = task;
  await failpoint("start.shim");
  await connectPending(container, task);
  await span("start.runtime", () => task.started);
  await failpoint("start.record");
  await span("start.record", () =>
    context.containers.update(container, {
      state: { status: "running", pid: task.pid, startedAt },
      endpoints: joined.endpoints,
      ports: joined.ports,
      manuallyStopped: false,
    }),
  );
  undo.move();
  // Whoever attached while it was being started.
  await connectPending(container, task);
  return task;
}

function assertStartable(container: LiveContainer): void {
  const { status } = container.record.state;
  switch (status) {
    case "running":
      throw notModified(`container ${container.id} is already running`);
    case "paused":
      throw conflict("cannot start a paused container, try unpause instead");
    case "removing":
    case "dead":
      throw conflict("container is marked for removal and cannot be started");
    case "created":
    case "exited":
    case "restarting":
      return;
    default:
      status satisfies never;
  }
}

/** Clients that attached before the start get their streams before the process can write. */
async function connectPending(container: LiveContainer, task: Task): Promise<void> {
  const pending = [...container.pendingAttach];
  container.pendingAttach.clear();
  await Promise.all(
    pending.map((stream) =>
      stream.connect(task).catch((error) => {
        log.warn(`attach failed: ${messageOf(error)}`, { container: container.id });
        stream.fail();
      }),
    ),
  );
}

async function recordFailure(
  context: EngineContext,
  container: LiveContainer,
  error: unknown,
): Promise<void> {
  for (const stream of container.pendingAttach) stream.fail();
  container.pendingAttach.clear();
  if (error instanceof EngineError && error.kind === "not_modified") return;
  const failure = startFailureOf(error);
  const exitCode = failure?.exitCode ?? 128;
  const reason = failure?.diagnosis ? `${messageOf(error)}: ${failure.diagnosis}` : messageOf(error);
  container.end(failure?.diagnosis);
  const { record } = container;
  if (
    record.state.status !== "created" &&
    record.state.status !== "exited" &&
    record.state.status !== "restarting"
  ) {
    return;
  }
  context.containers.update(container, {
    endpoints: withoutAddresses(record.endpoints),
    ports: [],
    state:
      record.state.status === "created"
        ? { status: "created", error: reason, exitCode }
        : { ...record.state, status: "exited", exitCode, error: reason, oomKilled: false },
  });
  container.settle("exit", { exitCode, error: messageOf(error) });
  if (record.hostConfig.AutoRemove) await removeLocked(context, container, { volumes: true });
}
