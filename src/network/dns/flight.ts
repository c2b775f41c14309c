import { rcode } from "./message.ts";
import type { Timer, Timers } from "./timers.ts";
import { readUpstreamAnswer } from "./upstream-answer.ts";
import type { Conversation, UpstreamNetwork, UpstreamTarget } from "./upstream-network.ts";

/** After this long without an answer another name server is asked as well; the first answer counts. */
const patience = 800;
/** Before the five seconds after which clients ask again. */
const deadline = 4500;
/** Each server is asked at most this often: datagrams get lost. */
const rounds = 3;

export interface FlightAnswer {
  readonly packet: Uint8Array;
  readonly ttlOffsets: readonly number[];
  readonly keepFor: number;
}

export interface FlightParts {
  readonly network: UpstreamNetwork;
  readonly timers: Timers;
  readonly randomId: () => number;
  /** In the order they are asked. */
  readonly targets: readonly UpstreamTarget[];
  readonly transport: "udp" | "tcp";
  /** The question; its id is replaced by one of our own each time. */
  readonly packet: Uint8Array;
  readonly questionEnd: number;
  spoke(target: UpstreamTarget): void;
  silent(target: UpstreamTarget): void;
  /** Called once. */
  done(answer: FlightAnswer | undefined): void;
}

interface Attempt {
  readonly server: number;
  readonly packet: Uint8Array;
  conversation: Conversation | undefined;
}

/**
 * One question on its way to name servers.
 *
 *     ask the first ── answer ───────────────▶ done
 *        │ cut short: the same by TCP
 *        │ refused, failed, unreachable: the next at once
 *        │ 800 ms of silence: the next as well, the first may still answer
 *        ▼
 *     all failed, or 4.5 s ──▶ the best of what they said, or nothing
 */
export class Flight {
  readonly #parts: FlightParts;
  readonly #attempts = new Set<Attempt>();
  readonly #failed = new Set<number>();
  /** How many attempts were begun; attempt n goes to server n modulo their number. */
  #begun = 0;
  #patience: Timer | undefined;
  #deadline: Timer | undefined;
  /** A failure a server stated, to pass on when none does better. */
  #refusal: FlightAnswer | undefined;
  #over = false;

  constructor(parts: FlightParts) {
    this.#parts = parts;
  }

  begin(): void {
    this.#deadline = this.#parts.timers.after(deadline, () => this.#finish(this.#refusal));
    this.#next();
  }

  close(): void {
    this.#over = true;
    this.#patience?.cancel();
    this.#deadline?.cancel();
    for (const attempt of this.#attempts) attempt.conversation?.close();
    this.#attempts.clear();
  }

  /** Asks the next server that has not failed. */
  #next(): void {
    this.#patience?.cancel();
    const { targets, timers, transport } = this.#parts;
    while (this.#begun < targets.length * rounds) {
      const server = this.#begun++ % targets.length;
      if (this.#failed.has(server)) continue;
      this.#patience = timers.after(patience, () => this.#impatient(server));
      this.#ask(server, transport);
      return;
    }
  }

  #impatient(server: number): void {
    const target = this.#parts.targets[server];
    if (target) this.#parts.silent(target);
    this.#next();
  }

  #ask(server: number, transport: "udp" | "tcp"): void {
    const { network, targets, randomId } = this.#parts;
    const target = targets[server];
    if (!target) return;
    const packet = Buffer.from(this.#parts.packet);
    packet.writeUInt16BE(randomId(), 0);
    const attempt: Attempt = { server, packet, conversation: undefined };
    this.#attempts.add(attempt);
    const events = {
      packet: (data: Uint8Array) => this.#heard(attempt, target, data, transport),
      failed: () => this.#lost(attempt),
    };
    try {
      const conversation =
        transport === "udp"
          ? network.datagram(target, packet, events)
          : network.stream(target, packet, events);
      attempt.conversation = conversation;
      if (!this.#attempts.has(attempt)) conversation.close();
    } catch {
      // No route, no such namespace, no descriptors left: as good as no answer.
      this.#lost(attempt);
    }
  }

  #heard(attempt: Attempt, target: UpstreamTarget, data: Uint8Array, transport: "udp" | "tcp"): void {
    const answer = readUpstreamAnswer(data, attempt.packet, this.#parts.questionEnd);
    // Not ours, or forged: the true answer may be behind it.
    if (!answer || this.#over) return;
    this.#parts.spoke(target);
    if (answer.truncated && transport === "udp") {
      this.#end(attempt);
      this.#ask(attempt.server, "tcp");
      return;
    }
    const packet = { packet: new Uint8Array(data), ttlOffsets: answer.ttlOffsets, keepFor: answer.keepFor };
    if (answer.rcode === rcode.noError || answer.rcode === rcode.nameError) {
      this.#finish(packet);
      return;
    }
    this.#refusal ??= packet;
    this.#lost(attempt);
  }

  #lost(attempt: Attempt): void {
    if (this.#over) return;
    this.#end(attempt);
    this.#failed.add(attempt.server);
    if (this.#failed.size === this.#parts.targets.length) {
      this.#finish(this.#refusal);
      return;
    }
    // Others are only waited for when all have been asked once.
    if (this.#begun < this.#parts.targets.length) this.#next();
  }

  #end(attempt: Attempt): void {
    this.#attempts.delete(attempt);
    attempt.conversation?.close();
  }

  #finish(answer: FlightAnswer | undefined): void {
    if (this.#over) return;
    this.close();
    this.#parts.done(answer);
  }
}
