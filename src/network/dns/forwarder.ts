import type { ResolvedContainer } from "../names.ts";
import { AnswerCache } from "./cache.ts";
import { Flight, type FlightParts } from "./flight.ts";
import { flag, headerLength, ownDatagram, type Query, u16 } from "./message.ts";
import type { Timers } from "./timers.ts";
import type { UpstreamNetwork, UpstreamTarget } from "./upstream-network.ts";

export interface ForwardLimits {
  /** Questions on their way at once, of all containers and of one. Each holds a socket or two. */
  readonly questions: number;
  readonly questionsOfOne: number;
  /** Askers that wait for the same answer. */
  readonly askersOfQuestion: number;
}

const defaultLimits: ForwardLimits = { questions: 1024, questionsOfOne: 256, askersOfQuestion: 64 };

/** How long a name server that did not answer is asked last. */
const demotedFor = 30_000;

/** The answer, for this asker's id and spelling; undefined: nobody had one. */
export type Answered = (packet: Uint8Array | undefined) => void;

interface Question {
  readonly flight: Flight;
  readonly containerId: string;
  readonly askers: { readonly packet: Uint8Array; readonly query: Query; readonly done: Answered }[];
}

export interface ForwarderParts {
  readonly network: UpstreamNetwork;
  readonly timers: Timers;
  /** The host's name servers, as they are now. */
  readonly hostServers: () => readonly string[];
  /** Two random bytes. */
  readonly randomId: () => number;
  readonly limits?: ForwardLimits;
  readonly cache?: AnswerCache;
}

/** Asks name servers outside: each question once, several servers in turn, answers kept for a while. */
export class Forwarder {
  readonly #parts: ForwarderParts;
  readonly #limits: ForwardLimits;
  readonly #cache: AnswerCache;
  readonly #questions = new Map<string, Question>();
  readonly #countOf = new Map<string, number>();
  /** When a name server last left a question without an answer. */
  readonly #silent = new Map<string, number>();
  #unshared = 0;

  constructor(parts: ForwarderParts) {
    this.#parts = parts;
    this.#limits = parts.limits ?? defaultLimits;
    this.#cache = parts.cache ?? new AnswerCache();
  }

  get open(): number {
    return this.#questions.size;
  }

  /** `packet` is kept until `done`, so it has to be the caller's to give away. `done` may be called at once. */
  ask(
    asker: ResolvedContainer,
    packet: Uint8Array,
    query: Query,
    transport: "udp" | "tcp",
    done: Answered,
  ): void {
    const targets = this.#targets(asker);
    if (targets.length === 0) {
      done(undefined);
      return;
    }
    const isShared = !query.edns?.hasOptions;
    const key = isShared ? questionKey(targets, query) : `alone ${this.#unshared++}`;
    const kept = isShared ? this.#cache.get(key, this.#parts.timers.now()) : undefined;
    if (kept) {
      done(asAskedBy(kept, packet, query));
      return;
    }
    const same = this.#questions.get(key);
    if (same) {
      if (same.askers.length >= this.#limits.askersOfQuestion) {
        done(undefined);
        return;
      }
      same.askers.push({ packet, query, done });
      return;
    }
    const count = this.#countOf.get(asker.containerId) ?? 0;
    if (this.#questions.size >= this.#limits.questions || count >= this.#limits.questionsOfOne) {
      done(undefined);
      return;
    }
    this.#begin(key, asker, this.#inOrder(targets), packet, query, transport, done);
  }

  /** The container is gone: what it asked from its own namespace would hold it. */
  forget(containerId: string): void {
    for (const [key, question] of this.#questions) {
      if (question.containerId === containerId) this.#settle(key, undefined);
    }
  }

  #begin(
    key: string,
    asker: ResolvedContainer,
    targets: readonly UpstreamTarget[],
    packet: Uint8Array,
    query: Query,
    transport: "udp" | "tcp",
    done: Answered,
  ): void {
    const { network, timers, randomId } = this.#parts;
    const parts: FlightParts = {
      network,
      timers,
      randomId,
      targets,
      transport,
      packet: asWeAsk(packet, query),
      questionEnd: query.questionEnd,
      spoke: (target) => void this.#silent.delete(targetKey(target)),
      silent: (target) => this.#noteSilence(target),
      done: (answer) => {
        if (answer) this.#cache.put(key, answer.packet, answer.ttlOffsets, answer.keepFor, timers.now());
        this.#settle(key, answer?.packet);
      },
    };
    const flight = new Flight(parts);
    const { containerId } = asker;
    this.#questions.set(key, { flight, containerId, askers: [{ packet, query, done }] });
    this.#countOf.set(containerId, (this.#countOf.get(containerId) ?? 0) + 1);
    flight.begin();
  }

  #settle(key: string, packet: Uint8Array | undefined): void {
    const question = this.#questions.get(key);
    if (!question) return;
    this.#questions.delete(key);
    question.flight.close();
    const left = (this.#countOf.get(question.containerId) ?? 1) - 1;
    if (left > 0) this.#countOf.set(question.containerId, left);
    else this.#countOf.delete(question.containerId);
    for (const asker of question.askers) {
      asker.done(packet && asAskedBy(new Uint8Array(packet), asker.packet, asker.query));
    }
  }

  #targets({ servers, sandboxPath }: ResolvedContainer): UpstreamTarget[] {
    if (servers.length === 0) {
      return this.#parts.hostServers().map((address) => ({ address, namespace: undefined }));
    }
    // From inside the container 127.0.0.11 is ourselves.
    const others = servers.filter((address) => address !== "127.0.0.11");
    return others.map((address) => ({ address, namespace: sandboxPath }));
  }

  /** In the user's order, but those that lately said nothing come last. */
  #inOrder(targets: readonly UpstreamTarget[]): UpstreamTarget[] {
    const now = this.#parts.timers.now();
    const isSilent = (target: UpstreamTarget) => {
      const since = this.#silent.get(targetKey(target));
      return since !== undefined && now - since < demotedFor;
    };
    return [...targets.filter((target) => !isSilent(target)), ...targets.filter(isSilent)];
  }

  #noteSilence(target: UpstreamTarget): void {
    const now = this.#parts.timers.now();
    this.#silent.delete(targetKey(target));
    this.#silent.set(targetKey(target), now);
    for (const [key, since] of this.#silent) {
      if (now - since < demotedFor && this.#silent.size <= 1000) break;
      this.#silent.delete(key);
    }
  }
}

const targetKey = ({ address, namespace }: UpstreamTarget): string => `${namespace ?? ""} ${address}`;

/** Equal for questions that have the same answer: of the same name servers, seen from the same place. */
function questionKey(targets: readonly UpstreamTarget[], query: Query): string {
  const { flags, edns, type, klass, name } = query;
  const bits = flags & (flag.recursionDesired | flag.checkingDisabled | flag.authenticData);
  const form = edns ? (edns.dnssecOk ? "d" : "e") : "p";
  return `${targets.map(targetKey).join(" ")} ${type} ${klass} ${bits}${form} ${name}`;
}

/** A copy that asks for no more than travels in one piece; we fetch what is larger by TCP. */
function asWeAsk(packet: Uint8Array, { edns }: Query): Uint8Array {
  const copy = Buffer.from(packet);
  if (edns && edns.udpSize > ownDatagram) copy.writeUInt16BE(ownDatagram, edns.at + 3);
  return copy;
}

/** Changes `answer`: this asker's id, and the name in the case it was asked in. */
function asAskedBy(answer: Uint8Array, packet: Uint8Array, query: Query): Uint8Array {
  answer.set(packet.subarray(0, 2));
  if (u16(answer, 4) === 1) answer.set(packet.subarray(headerLength, query.questionEnd), headerLength);
  return answer;
}
