import { chmodSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../errors/engine-error.ts";
import { acceptConnection, closeSocket, listenUnix, receive, send } from "../../sys/plain-sockets.ts";
import type { PollSet } from "../../sys/poll-set.ts";
import {
  type Complaint,
  controlSocketName,
  type Hello,
  type Order,
  type Outcome,
  resolverVersion,
} from "./control-protocol.ts";
import { LineReader } from "./line-reader.ts";

const buffer = Buffer.alloc(65536);

/** Where engines give their orders. There is one engine; a connection of a dead one ends by itself. */
export class ControlServer {
  readonly #poll: PollSet;
  readonly #path: string;
  readonly #fd: number;
  readonly #inode: number;
  readonly #clients = new Set<number>();
  readonly #obey: (order: Order) => readonly string[];
  /** Takes the socket's name over from a resolver that may have it. `obey` does what is ordered. */
  constructor(poll: PollSet, execRoot: string, obey: (order: Order) => readonly string[]) {
    this.#poll = poll;
    this.#obey = obey;
    this.#path = join(execRoot, controlSocketName);
    const fresh = `${this.#path}.${process.pid}`;
    rmSync(fresh, { force: true });
    this.#fd = listenUnix(fresh);
    chmodSync(fresh, 0o600);
    this.#inode = statSync(fresh).ino;
    renameSync(fresh, this.#path);
    poll.add(this.#fd, () => this.#accept());
  }

  /** Whether an engine that looks for a resolver finds this one. */
  get isOurs(): boolean {
    return statSync(this.#path, { throwIfNoEntry: false })?.ino === this.#inode;
  }

  /** Nobody finds it any more. */
  removeName(): void {
    if (this.isOurs) rmSync(this.#path, { force: true });
  }

  complain(complaint: string): void {
    for (const fd of [...this.#clients]) this.#write(fd, { complaint });
  }

  #accept(): void {
    const fd = acceptConnection(this.#fd);
    if (fd === undefined) return;
    this.#clients.add(fd);
    const lines = new LineReader();
    this.#poll.add(fd, () => this.#read(fd, lines));
    const hello: Hello = { hello: resolverVersion, pid: process.pid };
    this.#write(fd, hello);
  }

  #read(fd: number, lines: LineReader): void {
    let length: number | undefined;
    try {
      length = receive(fd, buffer);
    } catch {
      this.#drop(fd);
      return;
    }
    if (length === undefined) return;
    if (length === 0) {
      this.#drop(fd);
      return;
    }
    for (const line of lines.push(buffer.subarray(0, length))) {
      const order = JSON.parse(line) as Order;
      this.#write(fd, this.#outcomeOf(order));
    }
  }

  #outcomeOf(order: Order): Outcome {
    try {
      return { id: order.id, mended: this.#obey(order) };
    } catch (error) {
      return { id: order.id, error: messageOf(error) };
    }
  }

  /** Short, and the engine reads: what does not fit into the socket at once never will. */
  #write(fd: number, message: Hello | Outcome | Complaint): void {
    if (!this.#clients.has(fd)) return;
    const data = Buffer.from(`${JSON.stringify(message)}\n`);
    try {
      if (send(fd, data) !== data.length) this.#drop(fd);
    } catch {
      this.#drop(fd);
    }
  }

  #drop(fd: number): void {
    if (!this.#clients.delete(fd)) return;
    this.#poll.remove(fd);
    closeSocket(fd);
  }
}
