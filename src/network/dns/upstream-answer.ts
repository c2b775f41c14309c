import { flag, headerLength, rcode, readRecord, recordType, skipName, u16, u32 } from "./message.ts";

/** What a name server said, checked as far as we pass it on or keep it. */
export interface UpstreamAnswer {
  readonly rcode: number;
  readonly truncated: boolean;
  /** Seconds it may be kept; 0: not at all. */
  readonly keepFor: number;
  /** Where its records have their time to live. */
  readonly ttlOffsets: readonly number[];
}

/** Longest time anything is kept, so that a mistake of a name server does not outlive a coffee. */
const longestKept = 300;
const longestMissing = 60;

/**
 * Reads an answer to `question` (our packet: id, and the question up to `questionEnd`). Undefined:
 * it is none, or malformed; whoever sent it, the true answer may still come.
 */
export function readUpstreamAnswer(
  packet: Uint8Array,
  question: Uint8Array,
  questionEnd: number,
): UpstreamAnswer | undefined {
  if (packet.length < headerLength || u16(packet, 0) !== u16(question, 0)) return undefined;
  const flags = u16(packet, 2);
  if (!(flags & flag.response) || (flags >> 11) & 0xf) return undefined;
  const code = flags & 0xf;
  const questions = u16(packet, 4);
  // Some servers refuse without repeating the question.
  if (questions === 0 && code !== rcode.noError && code !== rcode.nameError) {
    return { rcode: code, truncated: false, keepFor: 0, ttlOffsets: [] };
  }
  if (questions !== 1 || !sameQuestion(packet, question, questionEnd)) return undefined;
  const truncated = (flags & flag.truncated) !== 0;
  const times = readTimes(packet, questionEnd);
  // A cut packet may end anywhere; it is asked for again by TCP.
  if (!times) return truncated ? { rcode: code, truncated, keepFor: 0, ttlOffsets: [] } : undefined;
  const isKept = !truncated && (code === rcode.noError || code === rcode.nameError);
  return { rcode: code, truncated, keepFor: isKept ? times.keepFor : 0, ttlOffsets: times.offsets };
}

/** Byte for byte, but for the case of letters. */
function sameQuestion(packet: Uint8Array, question: Uint8Array, end: number): boolean {
  if (packet.length < end) return false;
  for (let at = headerLength; at < end; at++) {
    const [a, b] = [packet[at] ?? 0, question[at] ?? 0];
    if (a !== b && !((a ^ b) === 0x20 && (a | 0x20) >= 0x61 && (a | 0x20) <= 0x7a)) return false;
  }
  return true;
}

function readTimes(packet: Uint8Array, start: number): { keepFor: number; offsets: number[] } | undefined {
  const answers = u16(packet, 6);
  const authorities = u16(packet, 8);
  const total = answers + authorities + u16(packet, 10);
  const offsets: number[] = [];
  let [keepFor, missing, at] = [longestKept, 0, start];
  for (let index = 0; index < total; index++) {
    const record = readRecord(packet, at);
    if (!record) return undefined;
    at = record.end;
    if (record.type === recordType.OPT) continue;
    offsets.push(record.ttlAt);
    // RFC 2181: a time with the highest bit set counts as none.
    const ttl = record.ttl > 0x7fffffff ? 0 : record.ttl;
    keepFor = Math.min(keepFor, ttl);
    // RFC 2308: that nothing is there is kept as long as the zone says.
    const isNegative = answers === 0 && record.type === recordType.SOA && index < authorities;
    if (isNegative) missing = Math.min(longestMissing, ttl, zoneMinimum(packet, record.dataAt, record.end));
  }
  return { keepFor: answers === 0 ? missing : keepFor, offsets };
}

/** The last field of a SOA record. */
function zoneMinimum(packet: Uint8Array, start: number, end: number): number {
  const owner = skipName(packet, start);
  const mailbox = owner === undefined ? undefined : skipName(packet, owner);
  return mailbox === undefined || mailbox + 20 > end ? 0 : u32(packet, mailbox + 16);
}
