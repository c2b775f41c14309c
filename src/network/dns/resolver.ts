import type { ResolvedContainer } from "../names.ts";
import { buildAnswer, buildRefusal, buildTruncated, limitOf } from "./answer.ts";
import type { Forwarder } from "./forwarder.ts";
import { classInternet, parseQuery, type Query, rcode, recordType } from "./message.ts";
import type { Zone } from "./zone.ts";

export type Transport = "udp" | "tcp";

/** Sends an answer; what it is given is only valid until it returns. */
export type Reply = (answer: Uint8Array) => void;

/**
 * Seconds others may keep what we say about containers. Their addresses change when they are
 * started again, and asking us costs microseconds.
 */
const ownTtl = 5;

const classAny = 255;
/** Zone transfers, incremental and whole, are for name servers between themselves. */
const transfers: ReadonlySet<number> = new Set([251, 252]);

/** Answers from the zone at once, and passes on what it does not know. */
export class Resolver {
  readonly #zone: Zone;
  readonly #forwarder: Forwarder;

  constructor(zone: Zone, forwarder: Forwarder) {
    this.#zone = zone;
    this.#forwarder = forwarder;
  }

  /**
   * Gives the answer, valid until the next; or undefined, and `later` is asked for the way to
   * reply if there will be one. `packet` is not kept.
   */
  answer(
    asker: ResolvedContainer,
    packet: Uint8Array,
    transport: Transport,
    later: () => Reply,
  ): Uint8Array | undefined {
    const parsed = parseQuery(packet);
    switch (parsed.kind) {
      case "drop":
        return undefined;
      case "refuse":
        return buildRefusal(packet, parsed.rcode);
      case "query":
        return this.#answerQuery(asker, packet, parsed.query, transport, later);
      default:
        parsed satisfies never;
    }
  }

  #answerQuery(
    asker: ResolvedContainer,
    packet: Uint8Array,
    query: Query,
    transport: Transport,
    later: () => Reply,
  ): Uint8Array | undefined {
    const limit = limitOf(query, transport);
    const own = this.#ownAnswer(asker, query);
    if (own) return buildAnswer(packet, query, { ...own, ttl: ownTtl }, limit);
    const kept = new Uint8Array(packet);
    let answered: Uint8Array | undefined;
    let reply: Reply | undefined;
    let isOver = false;
    this.#forwarder.ask(asker, kept, query, transport, (found) => {
      const whole =
        found ?? buildAnswer(kept, query, { rcode: rcode.serverFailure, ttl: 0, records: [] }, limit);
      const fits = whole.length <= limit ? whole : buildTruncated(kept, query);
      if (isOver) reply?.(fits);
      else answered = fits;
    });
    isOver = true;
    if (!answered) reply = later();
    return answered;
  }

  /** Undefined: a name of the world outside. */
  #ownAnswer(asker: ResolvedContainer, query: Query) {
    const { name, type, klass } = query;
    if (query.edns && query.edns.version > 0) return nothing(rcode.badVersion);
    if (klass !== classInternet && klass !== classAny) return nothing(rcode.refused);
    if (transfers.has(type)) return nothing(rcode.refused);
    const records = this.#zone.find(asker, name, type);
    if (records) return { rcode: rcode.noError, records: shuffled(records) };
    if (type === recordType.PTR && name.endsWith(".127.in-addr.arpa")) return nothing(rcode.nameError);
    if (!asker.asksOutside) return nothing(rcode.serverFailure);
    const isAddress = type === recordType.A || type === recordType.AAAA;
    // As Docker: the client then tries its search list.
    if (asker.searchFirst && isAddress && !name.includes(".")) return nothing(rcode.noError);
    return undefined;
  }
}

const nothing = (code: number) => ({ rcode: code, records: [] });

/** Several addresses in an order of chance, so that clients that take the first spread over them. */
function shuffled<T>(list: readonly T[]): readonly T[] {
  if (list.length < 2) return list;
  const order = [...list];
  for (let left = order.length - 1; left > 0; left--) {
    const other = Math.floor(Math.random() * (left + 1));
    const [a, b] = [order[left], order[other]];
    if (a === undefined || b === undefined) continue;
    order[left] = b;
    order[other] = a;
  }
  return order;
}
