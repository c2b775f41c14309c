import { u32 } from "./message.ts";

interface Kept {
  readonly packet: Uint8Array;
  readonly ttlOffsets: readonly number[];
  /** Milliseconds of the clock. */
  readonly storedAt: number;
  readonly expiresAt: number;
}

export interface CacheLimits {
  readonly entries: number;
  readonly bytes: number;
  /** An answer larger than this is not kept. */
  readonly entryBytes: number;
}

const defaultLimits: CacheLimits = { entries: 2000, bytes: 1 << 20, entryBytes: 4096 };

/** Answers of name servers, as long as they allow; the longest unused goes when there is no more room. */
export class AnswerCache {
  readonly #limits: CacheLimits;
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  constructor(limits: CacheLimits = defaultLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#kept.size;
  }

  put(key: string, packet: Uint8Array, ttlOffsets: readonly number[], seconds: number, now: number): void {
    if (seconds <= 0 || packet.length > this.#limits.entryBytes) return;
    this.#drop(key);
    this.#kept.set(key, {
      packet: new Uint8Array(packet),
      ttlOffsets,
      storedAt: now,
      expiresAt: now + seconds * 1000,
    });
    this.#bytes += packet.length;
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#limits.entries && this.#bytes <= this.#limits.bytes) break;
      this.#drop(oldest);
    }
  }

  /** A copy with the times to live as they are now. */
  get(key: string, now: number): Buffer | undefined {
    const kept = this.#kept.get(key);
    if (!kept) return undefined;
    if (now >= kept.expiresAt) {
      this.#drop(key);
      return undefined;
    }
    // Used last is dropped last.
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    const packet = Buffer.from(kept.packet);
    const age = Math.floor((now - kept.storedAt) / 1000);
    for (const at of kept.ttlOffsets) packet.writeUInt32BE(Math.max(0, u32(packet, at) - age), at);
    return packet;
  }

  #drop(key: string): void {
    const kept = this.#kept.get(key);
    if (!kept) return;
    this.#kept.delete(key);
    this.#bytes -= kept.packet.length;
  }
}
