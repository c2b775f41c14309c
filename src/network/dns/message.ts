/**
 * The part of RFC 1035 a stub resolver between containers and name servers needs:
 *
 *     +0 id  +2 flags  +4 questions  +6 answers  +8 authorities  +10 additionals  +12 question …
 *     flags: QR opcode(4) AA TC RD | RA Z AD CD rcode(4)
 *
 * Everything here is bytes from strangers: readers give undefined for what is malformed, and
 * nothing throws.
 */
export const headerLength = 12;

export const recordType = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  OPT: 41,
  ANY: 255,
} as const;
export const classInternet = 1;

export const rcode = {
  noError: 0,
  formatError: 1,
  serverFailure: 2,
  nameError: 3,
  notImplemented: 4,
  refused: 5,
  badVersion: 16,
} as const;

export const flag = {
  response: 0x8000,
  truncated: 0x0200,
  recursionDesired: 0x0100,
  recursionAvailable: 0x0080,
  authenticData: 0x0020,
  checkingDisabled: 0x0010,
} as const;

/** What a datagram may hold without EDNS. */
export const plainDatagram = 512;
/** What we say we take, and what fits any path without fragments. */
export const ownDatagram = 1232;

export interface Edns {
  /** Where its record begins: the root's name, one byte. */
  readonly at: number;
  readonly udpSize: number;
  readonly version: number;
  readonly dnssecOk: boolean;
  /** With options (cookies, client subnets) the answer is for this asker alone. */
  readonly hasOptions: boolean;
}

export interface Query {
  readonly id: number;
  readonly flags: number;
  /** In lower case, without the last dot; bytes that are no plain characters as `\ddd`. */
  readonly name: string;
  readonly type: number;
  readonly klass: number;
  /** Where the question ends. */
  readonly questionEnd: number;
  readonly edns: Edns | undefined;
}

export type ParsedQuery =
  | { readonly kind: "query"; readonly query: Query }
  /** To be answered with nothing but this code. */
  | { readonly kind: "refuse"; readonly rcode: number }
  /** No question at all, and nobody to answer. */
  | { readonly kind: "drop" };

const drop: ParsedQuery = { kind: "drop" };
const malformed: ParsedQuery = { kind: "refuse", rcode: rcode.formatError };
const unknownOperation: ParsedQuery = { kind: "refuse", rcode: rcode.notImplemented };

export const u16 = (data: Uint8Array, at: number): number => ((data[at] ?? 0) << 8) | (data[at + 1] ?? 0);

export const u32 = (data: Uint8Array, at: number): number =>
  ((u16(data, at) << 16) >>> 0) + u16(data, at + 2);

export function parseQuery(packet: Uint8Array): ParsedQuery {
  if (packet.length < headerLength) return drop;
  const flags = u16(packet, 2);
  // Answering answers would let two resolvers talk for ever.
  if (flags & flag.response) return drop;
  if ((flags >> 11) & 0xf) return unknownOperation;
  if (u16(packet, 4) !== 1) return malformed;
  const question = readQuestion(packet);
  if (!question) return malformed;
  const edns = findEdns(packet, question.questionEnd);
  if (edns === "malformed") return malformed;
  return { kind: "query", query: { id: u16(packet, 0), flags, ...question, edns } };
}

interface Question {
  readonly name: string;
  readonly type: number;
  readonly klass: number;
  readonly questionEnd: number;
}

function readQuestion(packet: Uint8Array): Question | undefined {
  let at = headerLength;
  let name = "";
  for (;;) {
    const length = packet[at];
    // Also refuses pointers: there is nothing before a question to point at.
    if (length === undefined || length > 63) return undefined;
    at++;
    if (length === 0) break;
    if (at + length > packet.length || at + length - headerLength > 255) return undefined;
    if (name !== "") name += ".";
    for (const end = at + length; at < end; at++) name += characters[packet[at] ?? 0];
  }
  if (at + 4 > packet.length) return undefined;
  return { name, type: u16(packet, at), klass: u16(packet, at + 2), questionEnd: at + 4 };
}

/** A byte of a label as text: lower case, so that names compare. */
const characters: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  const isPlain = byte > 0x20 && byte < 0x7f && character !== "." && character !== "\\";
  return isPlain ? character.toLowerCase() : `\\${String(byte).padStart(3, "0")}`;
});

function findEdns(packet: Uint8Array, questionEnd: number): Edns | undefined | "malformed" {
  const before = u16(packet, 6) + u16(packet, 8);
  const additional = u16(packet, 10);
  let at = questionEnd;
  for (let index = 0; index < before + additional; index++) {
    const record = readRecord(packet, at);
    if (!record) return "malformed";
    if (index >= before && record.type === recordType.OPT) return ednsOf(record, at);
    at = record.end;
  }
  return undefined;
}

function ednsOf(record: ResourceRecord, at: number): Edns | "malformed" {
  // RFC 6891: its name is the root.
  if (record.ttlAt !== at + 5) return "malformed";
  return {
    at,
    udpSize: record.klass,
    version: (record.ttl >>> 16) & 0xff,
    dnssecOk: (record.ttl & 0x8000) !== 0,
    hasOptions: record.end > record.dataAt,
  };
}

export interface ResourceRecord {
  readonly type: number;
  readonly klass: number;
  readonly ttl: number;
  readonly ttlAt: number;
  readonly dataAt: number;
  readonly end: number;
}

/** The record at an offset; its name is skipped. */
export function readRecord(packet: Uint8Array, start: number): ResourceRecord | undefined {
  const at = skipName(packet, start);
  if (at === undefined || at + 10 > packet.length) return undefined;
  const end = at + 10 + u16(packet, at + 8);
  if (end > packet.length) return undefined;
  return {
    type: u16(packet, at),
    klass: u16(packet, at + 2),
    ttl: u32(packet, at + 4),
    ttlAt: at + 4,
    dataAt: at + 10,
    end,
  };
}

/** Where a name that may end in a pointer is over. */
export function skipName(packet: Uint8Array, start: number): number | undefined {
  for (let at = start; at - start < 256; ) {
    const length = packet[at];
    if (length === undefined) return undefined;
    if (length >= 0xc0) return at + 2 <= packet.length ? at + 2 : undefined;
    if (length > 63) return undefined;
    at += 1 + length;
    if (length === 0) return at;
  }
  return undefined;
}
