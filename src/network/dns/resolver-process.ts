import { writeSync } from "node:fs";
import { messageOf } from "../../errors/engine-error.ts";
import { DirectoryEvents } from "../../sys/directory-events.ts";
import { PollSet } from "../../sys/poll-set.ts";
import { commandLine, killProcess } from "../../sys/processes.ts";
import { ContainerDoors } from "./container-doors.ts";
import type { Order } from "./control-protocol.ts";
import { ControlServer } from "./control-server.ts";
import { Forwarder } from "./forwarder.ts";
import { HostServers } from "./host-servers.ts";
import { Resolver } from "./resolver.ts";
import { readState, removeState, writeState } from "./resolver-state.ts";
import { resolverCommand } from "./resolver-word.ts";
import { SocketNetwork } from "./socket-network.ts";
import { LoopTimers } from "./timers.ts";
import { Zone } from "./zone.ts";

/** Without a container it ends after this long: starting another takes the engine 60 ms, keeping one 50 MB. */
const idleMs = 5_000;
/** Questions a replaced resolver has under way get their answers; it stays this long at least, and at most. */
const drainMs = { least: 500, most: 5_000 };
/** How often it is looked for what no event tells. */
const sweepMs = 2_000;

/**
 * The resolver's process, until it is not needed any more. It lives beside the engine so that
 * names are answered while that is restarted, replaced or dead.
 */
function runResolver(execRoot: string): void {
  const timers = new LoopTimers();
  let complainedAt = Number.NEGATIVE_INFINITY;
  // Nothing a stranger sends may end this process, nor fill the engine's log.
  const failed = (error: unknown) => {
    if (timers.now() - complainedAt < 1000) return;
    complainedAt = timers.now();
    control?.complain(error instanceof Error ? (error.stack ?? error.message) : String(error));
  };
  let control: ControlServer | undefined;
  const poll = new PollSet(failed);
  const zone = new Zone();
  const hostServers = new HostServers(timers);
  const randomId = () => crypto.getRandomValues(new Uint16Array(1))[0] ?? 0;
  const forwarder = new Forwarder({
    network: new SocketNetwork(poll),
    timers,
    hostServers: () => hostServers.get(),
    randomId,
  });
  const resolver = new Resolver(zone, forwarder);
  const directories = new DirectoryEvents();
  const doors = new ContainerDoors({ poll, timers, zone, forwarder, resolver, directories });
  let isChanged = false;
  let isLeft = false;

  const before = readState(execRoot);
  for (const { container } of before.containers) {
    try {
      doors.put(container, true);
    } catch {
      // Ended meanwhile; the engine says what there is.
    }
  }
  const server = new ControlServer(poll, execRoot, (order) => {
    isLeft = order.do === "leave";
    if (!isLeft) isChanged = true;
    return obey(doors, order);
  });
  control = server;
  directories.watch(execRoot);
  let replacedAt: number | undefined;
  const sweep = () => {
    if (doors.removeDropped()) isChanged = true;
    if (!server.isOurs) replacedAt ??= timers.now();
  };
  // One that was replaced because it hangs would not let go of the containers' namespaces.
  timers.after(2 * drainMs.most, () => {
    if (before.pid > 0 && isResolver(before.pid, execRoot)) killProcess(before.pid, 9);
  });
  poll.add(directories.fd, () => {
    directories.drain();
    sweep();
  });
  const sweepLater = () => {
    sweep();
    doors.forgetEnded();
    timers.after(sweepMs, sweepLater);
  };
  sweepLater();
  writeSync(1, "ready\n");

  let emptySince = timers.now();
  for (;;) {
    const isEnding = doors.size === 0 || replacedAt !== undefined;
    poll.wait(isEnding ? sooner(timers.untilNext, 100) : timers.untilNext);
    timers.runDue(failed);
    const now = timers.now();
    if (replacedAt !== undefined) {
      const age = now - replacedAt;
      if (doors.size === 0 || age >= drainMs.most) return;
      if (age >= drainMs.least && forwarder.open === 0) return;
      continue;
    }
    if (isChanged) writeState(execRoot, doors.kept);
    if (doors.size > 0 || isChanged) emptySince = now;
    isChanged = false;
    if (doors.size > 0 || now - emptySince < (isLeft ? 0 : idleMs)) continue;
    server.removeName();
    removeState(execRoot);
    return;
  }
}

const isResolver = (pid: number, execRoot: string): boolean =>
  pid !== process.pid && commandLine(pid).slice(-2).join(" ") === `${resolverCommand} ${execRoot}`;

/** Of two times to wait, where -1 is for ever. */
const sooner = (a: number, b: number): number => (a < 0 ? b : Math.min(a, b));

/** With an exit code, and its last words for whoever started it. */
export function resolverMain(execRoot: string): number {
  try {
    runResolver(execRoot);
    return 0;
  } catch (error) {
    writeSync(2, `${messageOf(error)}\n`);
    return 1;
  }
}

function obey(doors: ContainerDoors, order: Order): readonly string[] {
  switch (order.do) {
    case "announce":
      doors.put(order.container);
      return [];
    case "withdraw":
      doors.remove(order.containerId);
      return [];
    case "restore":
      return doors.replace(order.containers);
    case "leave":
      return [];
    default:
      return order satisfies never;
  }
}
