import { writeSync } from "node:fs";
import { DirectoryEvents } from "../../sys/directory-events.ts";
import { PollSet } from "../../sys/poll-set.ts";
import { ContainerDoors } from "./container-doors.ts";
import type { Order } from "./control-protocol.ts";
import { ControlServer } from "./control-server.ts";
import { Forwarder } from "./forwarder.ts";
import { HostServers } from "./host-servers.ts";
import { Resolver } from "./resolver.ts";
import { readState, removeState, writeState } from "./resolver-state.ts";
import { SocketNetwork } from "./socket-network.ts";
import { LoopTimers } from "./timers.ts";
import { Zone } from "./zone.ts";

/** Without a container it ends after this long; sooner when no engine is there either. */
const idleMs = 60_000;
const orphanMs = 2_000;
/** Questions a replaced resolver has under way get their answers. */
const drainMs = 5_000;
/** Besides being told by the directories' events. */
const sweepMs = 5_000;

/**
 * The resolver's process, until it is not needed any more. It lives beside the engine so that
 * names are answered while that is restarted, replaced or dead.
 */
export function runResolver(execRoot: string): void {
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
  let aloneSince = timers.now();

  for (const { container } of readState(execRoot)) {
    try {
      doors.put(container, true);
    } catch {
      // Ended meanwhile; the engine says what there is.
    }
  }
  const server = new ControlServer(
    poll,
    execRoot,
    (order) => {
      isChanged = true;
      isLeft = order.do === "leave";
      return obey(doors, order);
    },
    () => {
      aloneSince = timers.now();
      timers.after(orphanMs, () => {});
    },
  );
  control = server;
  directories.watch(execRoot);
  const sweep = () => {
    if (doors.removeDropped()) isChanged = true;
  };
  poll.add(directories.fd, () => {
    directories.drain();
    sweep();
  });
  const sweepLater = () => {
    sweep();
    timers.after(sweepMs, sweepLater);
  };
  sweepLater();
  writeSync(1, "ready\n");

  let drainUntil: number | undefined;
  for (;;) {
    poll.wait(timers.untilNext);
    timers.runDue(failed);
    const now = timers.now();
    if (drainUntil === undefined && !server.isOurs) drainUntil = now + drainMs;
    if (drainUntil !== undefined) {
      if (now >= drainUntil || doors.size === 0) return;
      continue;
    }
    if (isChanged) {
      isChanged = false;
      if (doors.size === 0) aloneSince = now;
      writeState(execRoot, doors.kept);
    }
    if (doors.size > 0) continue;
    const patience = isLeft ? 0 : server.clients > 0 ? idleMs : orphanMs;
    if (now - aloneSince < patience) continue;
    server.removeName();
    removeState(execRoot);
    return;
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
