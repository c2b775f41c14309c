import { messageOf } from "../../errors/engine-error.ts";
import { DatagramReader, frameDatagram } from "../../protocol/datagram-frames.ts";
import type { Dial, FarEnd, LocalPort, Report } from "./dial.ts";

/** A peer that was silent for so long is forgotten: about as long as kernels remember theirs. */
const idleMs = 120_000;
/** Datagrams of one peer that wait for the far end; more are dropped, as a full socket would. */
const mostWaiting = 256;

/** Listens for datagrams here; each peer that sends some gets a connection of its own. */
export async function openUdpPort(
  address: string,
  port: number,
  dial: Dial,
  report: Report,
): Promise<LocalPort> {
  const peers = new Map<string, Peer>();
  const socket = await Bun.udpSocket({
    hostname: address,
    port,
    socket: {
      data: (socket, datagram, peerPort, peerAddress) => {
        const key = `${peerAddress} ${peerPort}`;
        let peer = peers.get(key);
        if (!peer) {
          peer = new Peer((bytes) => socket.send(bytes, peerPort, peerAddress));
          peers.set(key, peer);
          peer
            .join(dial)
            .catch((error) => report(messageOf(error)))
            .finally(() => peers.delete(key));
        }
        peer.send(datagram);
      },
    },
  });
  return {
    address,
    port: socket.port,
    close: () => {
      socket.close();
      for (const peer of peers.values()) peer.close();
    },
  };
}

class Peer {
  readonly #answer: (bytes: Uint8Array) => void;
  readonly #waiting: Uint8Array[] = [];
  #far: FarEnd | undefined;
  #busy = false;
  #closed = false;
  #idle: Timer | undefined;

  constructor(answer: (bytes: Uint8Array) => void) {
    this.#answer = answer;
  }

  /** Settles when the conversation is over: idle, or ended by the far side. */
  async join(dial: Dial): Promise<void> {
    this.#far = await dial();
    if (this.#closed) this.#far.close();
    this.#drain(this.#far);
    const reader = new DatagramReader();
    try {
      for await (const bytes of this.#far.input) {
        this.#touch();
        for (const datagram of reader.push(bytes)) this.#answer(datagram);
      }
    } catch {
      // The far side went away: the next datagram opens a new conversation.
    }
    this.close();
  }

  send(datagram: Uint8Array): void {
    this.#touch();
    if (this.#waiting.length >= mostWaiting) return;
    this.#waiting.push(frameDatagram(datagram));
    if (this.#far) this.#drain(this.#far);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#idle);
    this.#far?.close();
  }

  #drain(far: FarEnd): void {
    if (this.#busy) return;
    this.#busy = true;
    const run = async () => {
      for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
        const waiting = far.write(next);
        if (waiting) await waiting;
      }
    };
    run()
      .catch(() => this.close())
      .finally(() => {
        this.#busy = false;
      });
  }

  #touch(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.close(), idleMs);
  }
}
