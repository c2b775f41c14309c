import { isKind } from "../../errors/engine-error.ts";
import { applyResolverRules } from "../../sys/netlink/resolver-rules.ts";
import {
  acceptConnection,
  answer,
  answerLast,
  bindDatagrams,
  closeSocket,
  lastSender,
  listenStream,
  receiveFrom,
} from "../../sys/plain-sockets.ts";
import type { PollSet } from "../../sys/poll-set.ts";
import type { ResolvedContainer } from "../names.ts";
import { MessageStream } from "./message-stream.ts";
import type { Resolver } from "./resolver.ts";
import type { Timer, Timers } from "./timers.ts";

/** Where every container finds the resolver. */
export const resolverAddress = "127.0.0.11";

/**
 * Our ports on that address. Above those the kernel gives away by itself, so that connections
 * of the container never come into conflict, and where few programs have a port of their own.
 */
const firstPort = 64512;
const lastPort = 65535;

const datagramsAtOnce = 32;
const mostSessions = 64;
const mostOpenOfSession = 64;
const idleMs = 10_000;
/** Longer than any question with options; a client's stream never needs more. */
const longestQuestion = 4096;

const buffer = Buffer.alloc(65535);

export interface DoorParts {
  readonly poll: PollSet;
  readonly timers: Timers;
  readonly resolver: Resolver;
  /** The container as it is called now. */
  readonly asker: () => ResolvedContainer;
}

/** The resolver as one container sees it: sockets inside its network namespace. Who asks is known by the socket. */
export class ContainerDoor {
  readonly #parts: DoorParts;
  readonly #sessions = new Set<Session>();
  #datagrams = -1;
  #streams = -1;
  #rules: Disposable | undefined;

  /** `again`: rules of a resolver before this one are likely there. */
  constructor(parts: DoorParts, namespace: string, again: boolean) {
    this.#parts = parts;
    try {
      const port = this.#bind(namespace);
      this.#rules = applyResolverRules(
        namespace,
        {
          address: Uint8Array.from(resolverAddress.split(".").map(Number)),
          udpPort: port,
          tcpPort: port,
          firstPort,
          lastPort,
        },
        again,
      );
      // Only old rules that have to be cleared away make it slow to close (see there).
      if (again) parts.timers.after(100, () => this.#letGoOfRules());
      else this.#letGoOfRules();
      parts.poll.add(this.#datagrams, () => this.#receive());
      parts.poll.add(this.#streams, () => this.#accept());
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    for (const fd of [this.#datagrams, this.#streams]) {
      if (fd < 0) continue;
      this.#parts.poll.remove(fd);
      closeSocket(fd);
    }
    this.#datagrams = -1;
    this.#streams = -1;
    for (const session of [...this.#sessions]) session.stream.close();
    this.#letGoOfRules();
  }

  #letGoOfRules(): void {
    this.#rules?.[Symbol.dispose]();
    this.#rules = undefined;
  }

  /** One free port for both; a program of the container may have taken some. */
  #bind(namespace: string): number {
    for (let tries = 1; ; tries++) {
      const port = firstPort + Math.floor(Math.random() * (lastPort - firstPort + 1));
      try {
        this.#datagrams = bindDatagrams({ address: resolverAddress, port }, { namespace });
        this.#streams = listenStream({ address: resolverAddress, port }, { namespace });
        return port;
      } catch (error) {
        if (this.#datagrams >= 0) closeSocket(this.#datagrams);
        this.#datagrams = -1;
        if (tries === 50 || !isKind(error, "conflict")) throw error;
      }
    }
  }

  #receive(): void {
    const { resolver, asker } = this.#parts;
    const fd = this.#datagrams;
    for (let count = 0; count < datagramsAtOnce && this.#datagrams === fd; count++) {
      const length = receiveFrom(fd, buffer);
      if (length === undefined) return;
      const found = resolver.answer(asker(), buffer.subarray(0, length), "udp", () => {
        const to = lastSender();
        return (data) => {
          if (this.#datagrams === fd) answer(fd, data, to);
        };
      });
      if (found) answerLast(fd, found);
    }
  }

  #accept(): void {
    const fd = acceptConnection(this.#streams);
    if (fd === undefined) return;
    if (this.#sessions.size >= mostSessions) {
      closeSocket(fd);
      return;
    }
    const session = new Session(this.#parts, fd, () => this.#sessions.delete(session));
    this.#sessions.add(session);
  }
}

/** One client's connection: questions may follow each other without waiting, answers come when they are there. */
class Session {
  readonly stream: MessageStream;
  readonly #timers: Timers;
  #idle: Timer;
  #open = 0;
  #hasEnded = false;

  constructor(parts: DoorParts, fd: number, closed: () => void) {
    this.#timers = parts.timers;
    this.#idle = this.#startIdle();
    this.stream = new MessageStream(parts.poll, fd, longestQuestion, {
      message: (data) => this.#message(parts, data),
      ended: () => {
        this.#hasEnded = true;
        if (this.#open === 0) this.stream.finish();
      },
      closed: () => {
        this.#idle.cancel();
        closed();
      },
    });
  }

  #message(parts: DoorParts, data: Uint8Array): void {
    this.#idle.cancel();
    this.#idle = this.#startIdle();
    if (this.#open >= mostOpenOfSession) {
      this.stream.close();
      return;
    }
    const found = parts.resolver.answer(parts.asker(), data, "tcp", () => {
      this.#open++;
      return (late) => {
        this.#open--;
        this.stream.send(late);
        if (this.#hasEnded && this.#open === 0) this.stream.finish();
      };
    });
    if (found) this.stream.send(found);
  }

  #startIdle(): Timer {
    return this.#timers.after(idleMs, () => {
      if (this.#open > 0) this.#idle = this.#startIdle();
      else this.stream.close();
    });
  }
}
