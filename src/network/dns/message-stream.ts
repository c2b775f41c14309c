import { closeSocket, receive, send } from "../../sys/plain-sockets.ts";
import type { PollSet } from "../../sys/poll-set.ts";

/** More waiting to be sent than this, and the other side does not read. */
const mostUnsent = 1 << 20;

export interface MessageStreamEvents {
  message(data: Uint8Array): void;
  /** The other side has said all it will; answers may still be sent. */
  ended(): void;
  /** Broken, or given up. Called once; the descriptor is closed. */
  closed(): void;
}

const chunk = Buffer.alloc(65536);

/** DNS messages over TCP: each with its length before it, two bytes (RFC 7766). Owns the descriptor. */
export class MessageStream {
  readonly #fd: number;
  readonly #poll: PollSet;
  readonly #events: MessageStreamEvents;
  readonly #longest: number;
  #received = Buffer.alloc(0);
  readonly #unsent: Uint8Array[] = [];
  #unsentBytes = 0;
  #isReadOver = false;
  #isClosed = false;
  #closesWhenSent = false;

  constructor(poll: PollSet, fd: number, longest: number, events: MessageStreamEvents) {
    this.#poll = poll;
    this.#fd = fd;
    this.#longest = longest;
    this.#events = events;
    poll.add(fd, () => this.#ready());
  }

  send(message: Uint8Array): void {
    if (this.#isClosed) return;
    const framed = Buffer.alloc(2 + message.length);
    framed.writeUInt16BE(message.length);
    framed.set(message, 2);
    this.#unsent.push(framed);
    this.#unsentBytes += framed.length;
    if (this.#unsentBytes > mostUnsent) {
      this.close();
      return;
    }
    this.#flush();
  }

  /** Closes when what was sent is on its way. */
  finish(): void {
    this.#closesWhenSent = true;
    if (this.#unsent.length === 0) this.close();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#poll.remove(this.#fd);
    closeSocket(this.#fd);
    this.#events.closed();
  }

  #ready(): void {
    this.#flush();
    if (!this.#isReadOver && !this.#isClosed) this.#read();
  }

  #read(): void {
    let length: number | undefined;
    try {
      length = receive(this.#fd, chunk);
    } catch {
      this.close();
      return;
    }
    if (length === undefined) return;
    if (length === 0) {
      this.#isReadOver = true;
      // A descriptor at its end is always readable: it is watched for room alone from now on.
      this.#watchRoom();
      this.#events.ended();
      return;
    }
    this.#received = Buffer.concat([this.#received, chunk.subarray(0, length)]);
    while (!this.#isClosed && this.#received.length >= 2) {
      const size = this.#received.readUInt16BE(0);
      if (size > this.#longest) {
        this.close();
        return;
      }
      if (this.#received.length < 2 + size) return;
      const message = this.#received.subarray(2, 2 + size);
      this.#received = this.#received.subarray(2 + size);
      this.#events.message(message);
    }
  }

  #flush(): void {
    if (this.#isClosed) return;
    const hadUnsent = this.#unsent.length > 0;
    try {
      for (let next = this.#unsent[0]; next; next = this.#unsent[0]) {
        const sent = send(this.#fd, next) ?? 0;
        this.#unsentBytes -= sent;
        if (sent < next.length) {
          this.#unsent[0] = next.subarray(sent);
          break;
        }
        this.#unsent.shift();
      }
    } catch {
      this.close();
      return;
    }
    if (this.#closesWhenSent && this.#unsent.length === 0) {
      this.close();
      return;
    }
    if (hadUnsent) this.#watchRoom();
  }

  #watchRoom(): void {
    const wants = this.#unsent.length > 0;
    if (!this.#isReadOver) {
      this.#poll.setWriting(this.#fd, wants);
      return;
    }
    this.#poll.remove(this.#fd);
    if (wants) this.#poll.add(this.#fd, () => this.#ready(), "write");
  }
}
