import type { Timer, Timers } from "../../src/network/dns/timers.ts";
import type {
  Conversation,
  UpstreamEvents,
  UpstreamNetwork,
  UpstreamTarget,
} from "../../src/network/dns/upstream-network.ts";

/** A clock that goes when it is told to. */
export class ManualTimers implements Timers {
  #now = 0;
  readonly #waiting = new Set<{ at: number; work: () => void }>();

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, work: () => void): Timer {
    const entry = { at: this.#now + milliseconds, work };
    this.#waiting.add(entry);
    return { cancel: () => void this.#waiting.delete(entry) };
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  pass(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (;;) {
      const [next] = [...this.#waiting].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#waiting.delete(next);
      this.#now = next.at;
      next.work();
    }
    this.#now = end;
  }
}

/** One question as a name server got it. */
export interface Heard {
  readonly target: UpstreamTarget;
  readonly transport: "udp" | "tcp";
  readonly packet: Uint8Array;
  readonly events: UpstreamEvents;
  isOpen: boolean;
}

/** Name servers that say what `behave` tells them; what it does not know is left unanswered. */
export class FakeUpstreams implements UpstreamNetwork {
  readonly heard: Heard[] = [];
  behave: (heard: Heard) => void = () => {};

  datagram(target: UpstreamTarget, packet: Uint8Array, events: UpstreamEvents): Conversation {
    return this.#hear({ target, transport: "udp", packet, events, isOpen: true });
  }

  stream(target: UpstreamTarget, packet: Uint8Array, events: UpstreamEvents): Conversation {
    return this.#hear({ target, transport: "tcp", packet, events, isOpen: true });
  }

  /** Who was asked, in order: `10.0.0.1 udp`. */
  get asked(): string[] {
    return this.heard.map(({ target, transport }) => `${target.address} ${transport}`);
  }

  get open(): number {
    return this.heard.filter(({ isOpen }) => isOpen).length;
  }

  #hear(heard: Heard): Conversation {
    this.heard.push(heard);
    this.behave(heard);
    return {
      close: () => {
        heard.isOpen = false;
      },
    };
  }
}
