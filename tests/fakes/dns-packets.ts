import { bytesAddress } from "../../src/lib/ip.ts";
import { encodeName } from "../../src/network/dns/answer.ts";
import {
  flag,
  headerLength,
  parseQuery,
  readRecord,
  recordType,
  u16,
} from "../../src/network/dns/message.ts";

/** Packets for tests. */
export interface QuestionForm {
  readonly id?: number;
  readonly type?: number;
  readonly klass?: number;
  readonly rawName?: Uint8Array;
  /** Size to say; absent: no EDNS. */
  readonly edns?: number;
  readonly dnssecOk?: boolean;
  /** EDNS options, as bytes. */
  readonly options?: Uint8Array;
}

const u16be = (value: number) => Buffer.from([value >> 8, value & 0xff]);
const u32be = (value: number) =>
  Buffer.from([value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255]);

export function question(name: string, form: QuestionForm = {}): Buffer {
  const { id = 1, type = recordType.A, klass = 1, edns, options = new Uint8Array() } = form;
  const encoded = form.rawName ?? encodeName(name);
  if (!encoded) throw new Error(`no name: ${name}`);
  const opt =
    edns === undefined
      ? Buffer.alloc(0)
      : Buffer.concat([
          Buffer.from([0, 0, recordType.OPT]),
          u16be(edns),
          u32be(form.dnssecOk ? 0x8000 : 0),
          u16be(options.length),
          options,
        ]);
  return Buffer.concat([
    u16be(id),
    u16be(flag.recursionDesired),
    u16be(1),
    u32be(0),
    u16be(edns === undefined ? 0 : 1),
    encoded,
    u16be(type),
    u16be(klass),
    opt,
  ]);
}

export interface ReplyForm {
  readonly rcode?: number;
  readonly truncated?: boolean;
  readonly ttl?: number;
  /** Records of type A. */
  readonly addresses?: readonly (readonly number[])[];
  /** The zone's minimum in a SOA record, for names that are not there. */
  readonly negativeTtl?: number;
}

/** What a name server says to a question. */
export function reply(asked: Uint8Array, form: ReplyForm = {}): Buffer {
  const parsed = parseQuery(asked);
  if (parsed.kind !== "query") throw new Error("not a question");
  const { addresses = [], ttl = 60, negativeTtl } = form;
  const record = (type: number, data: Uint8Array) =>
    Buffer.concat([
      u16be(0xc000 | headerLength),
      u16be(type),
      u16be(1),
      u32be(ttl),
      u16be(data.length),
      data,
    ]);
  const soa =
    negativeTtl === undefined
      ? []
      : [
          record(
            recordType.SOA,
            Buffer.concat([Buffer.from([0, 0]), ...[1, 2, 3, 4, negativeTtl].map(u32be)]),
          ),
        ];
  const flags =
    flag.response | flag.recursionDesired | flag.recursionAvailable | (form.truncated ? flag.truncated : 0);
  return Buffer.concat([
    asked.subarray(0, 2),
    u16be(flags | (form.rcode ?? 0)),
    u16be(1),
    u16be(addresses.length),
    u16be(soa.length),
    u16be(0),
    asked.subarray(headerLength, parsed.query.questionEnd),
    ...addresses.map((address) => record(recordType.A, Uint8Array.from(address))),
    ...soa,
  ]);
}

/** `1 10.9.0.2 ttl 5`, one for each answer. */
export function textOfRecords(packet: Uint8Array): string[] {
  let at = headerLength;
  while (packet[at]) at += (packet[at] ?? 0) + 1;
  at += 5;
  const found: string[] = [];
  for (let left = u16(packet, 6); left > 0; left--) {
    const record = readRecord(packet, at);
    if (!record) throw new Error("a record is cut short");
    const data = Buffer.from(packet.subarray(record.dataAt, record.end));
    found.push(`${record.type} ${bytesAddress(data) || data.toString("latin1")} ttl ${record.ttl}`);
    at = record.end;
  }
  return found;
}
