import type { ContainerRecord, PublishedPort } from "../../records/container-record.ts";
import { tcpSocketsOf } from "../../sys/namespace-sockets.ts";
import type { LiveContainer } from "../containers/live-container.ts";
import { containerLock } from "../containers/locks.ts";
import { portWishes } from "../containers/port-wishes.ts";
import type { EngineContext } from "../context.ts";
import { namesChanged } from "../networks/names.ts";
import { gatesNames, gatesPorts, hasCheck, standsBack } from "./stands-back.ts";

/** Before its process runs it is neither healthy nor listening. */
export function beginStanding(container: LiveContainer): void {
  const { record } = container;
  container.isLeaving = false;
  container.isDeaf = hasCheck(record) || sharedPorts(record).length > 0;
}

/** A new engine finds it running: it may have begun to listen meanwhile, or not yet. */
export function findStanding(container: LiveContainer): void {
  const { record } = container;
  container.isDeaf = !hasCheck(record) && !listens(container);
}

/** The process runs: what has a check waits for that, what has none for its ports. */
export function followStanding(context: EngineContext, container: LiveContainer): void {
  if (!container.isDeaf) return;
  if (hasCheck(container.record)) container.isDeaf = false;
  else void context.background.run(`ports of ${container.id}`, () => untilItListens(context, container));
}

/** Something changed that it depends on; ports and names are told. */
export async function standingChanged(context: EngineContext, container: LiveContainer): Promise<void> {
  await containerLock(context, container, () => tellStanding(context, container));
}

// trail: compose rollout
/** The same under the container's lock. */
export async function tellStanding(context: EngineContext, container: LiveContainer): Promise<void> {
  const { record } = container;
  if (!container.isRunning) return;
  if (gatesPorts(record)) await context.networking.ports.stand(container.id, standsBack(container));
  if (gatesNames(record)) await namesChanged(context, container);
}

const sharedPorts = (record: ContainerRecord): number[] =>
  portWishes(record.config, record.hostConfig)
    .filter(({ shared, protocol }) => shared && protocol === "tcp")
    .map(({ containerPort }) => containerPort);

/** On all TCP ports it shares. */
function listens({ record }: LiveContainer): boolean {
  const wanted = sharedPorts(record);
  if (wanted.length === 0) return true;
  const { state } = record;
  const listening = "pid" in state ? tcpSocketsOf(state.pid).listening : new Set<number>();
  return wanted.every((port) => listening.has(port));
}

const firstLookMs = 10;
const longestPauseMs = 500;

/** Nothing tells when somebody begins to listen in another namespace; looking takes a fraction of a millisecond. */
async function untilItListens(context: EngineContext, container: LiveContainer): Promise<void> {
  const { task } = container;
  for (let pauseMs = firstLookMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 1.5)) {
    if (container.task !== task || !container.isRunning) return;
    if (listens(container)) break;
    await Bun.sleep(pauseMs);
  }
  container.isDeaf = false;
  await standingChanged(context, container);
}

/**
 * Until one of those it shares a port with can serve in its place, or the time is over: what was
 * just started may not listen yet. Nobody to wait for is fine.
 */
export async function untilOthersServe(
  context: EngineContext,
  container: LiveContainer,
  limitMs: number,
): Promise<void> {
  const end = Date.now() + limitMs;
  while (Date.now() < end && container.isRunning && !standsBack(container)) {
    const others = context.containers
      .all()
      .filter((one) => one !== container && one.isRunning && sharesWith(one.record, container.record));
    if (others.length === 0 || others.some((one) => !standsBack(one))) return;
    await Bun.sleep(25);
  }
}

const sharesWith = (one: ContainerRecord, other: ContainerRecord): boolean =>
  one.ports.some((port) => port.shared && other.ports.some((its) => its.shared && samePlace(port, its)));

const samePlace = (one: PublishedPort, other: PublishedPort): boolean =>
  one.protocol === other.protocol && one.hostIp === other.hostIp && one.hostPort === other.hostPort;

/** Until nobody is being served any more, or the time is over. It gets no new connections meanwhile. */
export async function drained(container: LiveContainer, limitMs: number): Promise<void> {
  const end = Date.now() + limitMs;
  // A connection that was dealt to it in the last moment is in the table a moment later.
  for (let quiet = 0; quiet < 2 && Date.now() < end; ) {
    const { state } = container.record;
    if (!("pid" in state)) return;
    quiet = tcpSocketsOf(state.pid).served === 0 ? quiet + 1 : 0;
    await Bun.sleep(25);
  }
}
