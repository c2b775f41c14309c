import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../../errors/engine-error.ts";
import { log } from "../../lib/log.ts";
import { now } from "../../lib/timestamp.ts";
import type { Task } from "../../runtime/runtime.ts";
import { removeUnfinishedVolumes } from "../containers/container-mounts.ts";
import { handleExit } from "../containers/exit.ts";
import { removeLeftViews } from "../containers/files/container-view.ts";
import { viewsDirectory } from "../containers/files/service.ts";
import type { LiveContainer } from "../containers/live-container.ts";
import { containerLock } from "../containers/locks.ts";
import { removeLocked } from "../containers/remove.ts";
import { shouldStartAtBoot } from "../containers/restart-policy.ts";
import { repairSharedMemory } from "../containers/shared-memory.ts";
import { startLocked } from "../containers/start.ts";
import type { EngineContext } from "../context.ts";
import { followExec } from "../execs/service.ts";
import { findStanding, followStanding } from "../health/standing.ts";
import { startHealthChecks } from "../health/start-checks.ts";
import { restoreNetworks } from "../networks/check.ts";
import { restoreNames } from "../networks/names.ts";

/**
 * The first thing a new engine does: find the containers that ran on without it, take the
 * ends it missed as ends, undo what was half made, and only then let anyone in.
 *
 *   record says        shim says          then
 *   running, paused    runs               adopt: it never knew the engine was away
 *   running, paused    ended              the exit is dealt with now, code and time as they were
 *   running, paused    nothing (reboot)   ended with 255 now
 *   anything else      runs               a start the engine did not survive: undone
 *   removing           –                  the removal is finished
 */
// trail: engine restart
export async function adoptContainers(context: EngineContext): Promise<void> {
  const found = new Map<LiveContainer, Task>();
  for (const container of context.containers.all()) {
    const task = await context.runtime.load(container.id, container.record.config.Tty);
    if (task && container.isRunning) {
      container.task = task;
      // Frozen without being paused: the engine died in the middle of a pause or a commit.
      if (container.record.state.status === "running") await thaw(task);
      found.set(container, task);
      findStanding(container);
      context.roots.adopt(container.id);
    }
  }
  const running = [...found.keys()];
  await repairRooms(context, new Set(running.map((container) => container.id)));
  for (const [container, task] of found) {
    await adoptExecs(context, container, task);
    void context.background.run(`exit of ${container.id}`, async () =>
      handleExit(context, container, task, await task.exited, startLocked),
    );
    startHealthChecks(context, container, { resumed: true });
    followStanding(context, container);
  }
  if (found.size > 0) log.info("found running containers again", { count: found.size });
  for (const container of context.containers.all()) await settle(context, container);
}

async function thaw(task: Task): Promise<void> {
  try {
    await task.resume();
  } catch (error) {
    // It has ended meanwhile: its exit is dealt with like any other.
    log.debug(`not thawed: ${messageOf(error)}`, { container: task.id });
  }
}

/** Kernel and disk again as the records say; what nothing stands for goes, and is named in the log. */
async function repairRooms(context: EngineContext, running: ReadonlySet<string>): Promise<void> {
  const isRunning = (id: string) => running.has(id);
  const containers = context.containers.all();
  const removed = [
    ...(await context.runtime.repair(isRunning)),
    // Before the networks: sockets of the resolver would keep namespaces that are dropped there.
    ...(await restoreNames(context, isRunning)),
    ...(await restoreNetworks(context, isRunning)),
    ...(await context.roots.repair(isRunning)),
    ...(await repairSharedMemory(context, isRunning)),
    ...(await removeLeftViews(viewsDirectory(context))),
    ...(await removeStrayDirectories(context)),
    ...(await context.snapshots.repair((key) => context.containers.get(key) !== undefined)),
    ...(await context.volumes.reconcile(context.records.volumes.list(), volumeUsers(containers, isRunning))),
  ];
  for (const what of removed) log.info(`repaired: ${what}`);
}

/** Directories of containers that were never recorded, or whose record is gone. */
async function removeStrayDirectories(context: EngineContext): Promise<string[]> {
  const removed: string[] = [];
  const parent = join(context.settings.dataRoot, "containers");
  for (const id of await readdir(parent).catch(() => [])) {
    if (context.containers.get(id)) continue;
    await removeUnfinishedVolumes(context, join(parent, id));
    await rm(join(parent, id), { recursive: true, force: true });
    removed.push(`removed the directory of container ${id}, which was never finished`);
  }
  return removed;
}

/** Volume names with the running containers that hold them. */
function volumeUsers(
  containers: readonly LiveContainer[],
  isRunning: (id: string) => boolean,
): ReadonlyMap<string, readonly string[]> {
  const users = new Map<string, string[]>();
  for (const { record } of containers) {
    if (!isRunning(record.id)) continue;
    for (const mount of record.mounts) {
      if (mount.type !== "volume") continue;
      const list = users.get(mount.name) ?? [];
      list.push(record.id);
      users.set(mount.name, list);
    }
  }
  return users;
}

async function adoptExecs(context: EngineContext, container: LiveContainer, task: Task): Promise<void> {
  for (const record of context.records.execs.list()) {
    if (record.containerId !== container.id || record.state.status !== "running") continue;
    const process = await task.loadExec(record.id, record.config.tty);
    if (process) {
      container.execs.set(record.id, process);
      void followExec(context, container, record, process);
    } else {
      context.records.execs.put({ ...record, state: { status: "exited", exitCode: 255 } });
    }
  }
}

/** Brings a container that does not run any more to the state its record should have. */
async function settle(context: EngineContext, container: LiveContainer): Promise<void> {
  await containerLock(context, container, async () => {
    const { record } = container;
    if (record.state.status === "removing") {
      const volumes = record.state.volumes ?? record.hostConfig.AutoRemove;
      await removeLocked(context, container, { volumes });
      log.info("finished a removal", { container: record.id });
      return;
    }
    if (container.isRunning && !container.task) markLost(context, container);
    if (container.task) return;
    if (record.hostConfig.AutoRemove && container.record.state.status === "exited") {
      await removeLocked(context, container, { volumes: true });
    }
  });
}

/** The machine was restarted, or somebody ended the shim: how the process ended is not known. */
function markLost(context: EngineContext, container: LiveContainer): void {
  const { state, endpoints } = container.record;
  if (state.status !== "running" && state.status !== "paused") return;
  context.containers.update(container, {
    state: {
      status: "exited",
      exitCode: 255,
      startedAt: state.startedAt,
      finishedAt: now(),
      oomKilled: false,
    },
    endpoints: Object.fromEntries(
      Object.entries(endpoints).map(([name, { request, networkId }]) => [name, { request, networkId }]),
    ),
    ports: [],
  });
  log.warn("container is gone without a trace of its end", { container: container.id });
}

/** Starts what its restart policy wants running, several at a time, each failure logged and left. */
export async function startByPolicy(context: EngineContext): Promise<void> {
  const waiting = context.containers.all().filter((container) => shouldStartAtBoot(container.record));
  const worker = async () => {
    for (let container = waiting.shift(); container; container = waiting.shift()) {
      const next = container;
      try {
        await containerLock(context, next, async () => {
          if (!next.isRunning) await startLocked(context, next);
        });
      } catch (error) {
        log.warn(`start by restart policy failed: ${messageOf(error)}`, { container: next.id });
      }
    }
  };
  await Promise.all(Array.from({ length: 4 }, worker));
}
