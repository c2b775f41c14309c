import {
  classInternet,
  flag,
  headerLength,
  ownDatagram,
  plainDatagram,
  type Query,
  rcode,
} from "./message.ts";

/** A record about the name that was asked for. */
export interface AnswerRecord {
  readonly type: number;
  readonly data: Uint8Array;
}

export interface Answer {
  readonly rcode: number;
  readonly ttl: number;
  readonly records: readonly AnswerRecord[];
}

/** Room for one answer at a time: what is built is sent at once, or copied. */
const buffer = Buffer.alloc(65535);

/** How large an answer this asker takes. */
export function limitOf(query: Query, transport: "udp" | "tcp"): number {
  if (transport === "tcp") return 65535;
  return Math.max(plainDatagram, query.edns?.udpSize ?? 0);
}

/**
 * An answer of our own. It repeats the question as it was written, so that an asker who varies
 * the case to tell true answers from forged ones is satisfied. What does not fit is left out and
 * the asker told so: then it asks again by TCP. Valid until the next answer is built.
 */
export function buildAnswer(packet: Uint8Array, query: Query, answer: Answer, limit: number): Uint8Array {
  buffer.set(packet.subarray(0, query.questionEnd));
  const edns = query.edns;
  const room = Math.min(limit, buffer.length) - (edns ? optLength : 0);
  let at = query.questionEnd;
  let count = 0;
  for (const record of answer.records) {
    if (at + 12 + record.data.length > room) break;
    // The name is the one in the question.
    at = buffer.writeUInt16BE(0xc000 | headerLength, at);
    at = buffer.writeUInt16BE(record.type, at);
    at = buffer.writeUInt16BE(classInternet, at);
    at = buffer.writeUInt32BE(answer.ttl, at);
    at = buffer.writeUInt16BE(record.data.length, at);
    buffer.set(record.data, at);
    at += record.data.length;
    count++;
  }
  const isWhole = count === answer.records.length;
  writeHeader(query.flags, answer.rcode, isWhole, count, edns ? 1 : 0);
  if (edns) at = writeOpt(at, answer.rcode, edns.dnssecOk);
  return buffer.subarray(0, at);
}

/** For what could not be read as a question: its id, the code, nothing more. */
export function buildRefusal(packet: Uint8Array, code: number): Uint8Array {
  buffer.set(packet.subarray(0, headerLength));
  writeHeader(((packet[2] ?? 0) << 8) | (packet[3] ?? 0), code, true, 0, 0);
  buffer.writeUInt16BE(0, 4);
  return buffer.subarray(0, headerLength);
}

/** A forwarded answer that is too large for this asker: it may ask again by TCP. */
export function buildTruncated(packet: Uint8Array, query: Query): Uint8Array {
  buffer.set(packet.subarray(0, query.questionEnd));
  writeHeader(query.flags, rcode.noError, false, 0, query.edns ? 1 : 0);
  const end = query.edns
    ? writeOpt(query.questionEnd, rcode.noError, query.edns.dnssecOk)
    : query.questionEnd;
  return buffer.subarray(0, end);
}

function writeHeader(
  asked: number,
  code: number,
  isWhole: boolean,
  answers: number,
  additionals: number,
): void {
  const kept = asked & (0x7800 | flag.recursionDesired | flag.checkingDisabled);
  const truncated = isWhole ? 0 : flag.truncated;
  buffer.writeUInt16BE(flag.response | kept | truncated | flag.recursionAvailable | (code & 0xf), 2);
  buffer.writeUInt16BE(1, 4);
  buffer.writeUInt16BE(answers, 6);
  buffer.writeUInt16BE(0, 8);
  buffer.writeUInt16BE(additionals, 10);
}

const optLength = 11;

/** The OPT record of RFC 6891. */
function writeOpt(start: number, code: number, dnssecOk: boolean): number {
  let at = buffer.writeUInt8(0, start);
  at = buffer.writeUInt16BE(41, at);
  at = buffer.writeUInt16BE(ownDatagram, at);
  at = buffer.writeUInt8(code >> 4, at);
  at = buffer.writeUInt8(0, at);
  at = buffer.writeUInt16BE(dnssecOk ? 0x8000 : 0, at);
  return buffer.writeUInt16BE(0, at);
}

/** A name as record data; labels too long for the protocol make it undefined. */
export function encodeName(name: string): Uint8Array | undefined {
  const parts: number[] = [];
  for (const label of name.split(".")) {
    const bytes = Buffer.from(label);
    if (bytes.length === 0 || bytes.length > 63) return undefined;
    parts.push(bytes.length, ...bytes);
  }
  parts.push(0);
  return parts.length > 255 ? undefined : Uint8Array.from(parts);
}
