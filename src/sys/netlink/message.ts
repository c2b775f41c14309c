/**
 * Netlink messages (RFC 3549; `linux/netlink.h`): a 16-byte header, a family header, then
 * attributes of type, length and value, each padded to four bytes. Numbers are in the
 * host's order except where a value's own definition says big endian.
 */
export type AttributeValue = Uint8Array | readonly Attribute[];
export type Attribute = readonly [type: number, value: AttributeValue];

export const NLM_F_REQUEST = 0x1;
export const NLM_F_ACK = 0x4;
export const NLM_F_DUMP = 0x300;
export const NLM_F_REPLACE = 0x100;
export const NLM_F_EXCL = 0x200;
export const NLM_F_CREATE = 0x400;

const NLA_F_NESTED = 0x8000;
const NLA_TYPE_MASK = 0x3fff;

export interface Request {
  readonly type: number;
  readonly flags: number;
  readonly header: Uint8Array;
  readonly attributes?: readonly Attribute[];
}

export interface Reply {
  readonly type: number;
  readonly payload: Buffer;
}

const align = (length: number): number => (length + 3) & ~3;

function attributesLength(attributes: readonly Attribute[]): number {
  let length = 0;
  for (const [, value] of attributes) length += 4 + align(valueLength(value));
  return length;
}

function valueLength(value: AttributeValue): number {
  return value instanceof Uint8Array ? value.length : attributesLength(value);
}

function writeAttributes(target: Buffer, start: number, attributes: readonly Attribute[]): number {
  let at = start;
  for (const [type, value] of attributes) {
    const length = valueLength(value);
    target.writeUInt16LE(4 + length, at);
    if (value instanceof Uint8Array) {
      target.writeUInt16LE(type, at + 2);
      target.set(value, at + 4);
    } else {
      target.writeUInt16LE(type | NLA_F_NESTED, at + 2);
      writeAttributes(target, at + 4, value);
    }
    at += 4 + align(length);
  }
  return at;
}

export function encodeRequest(request: Request, sequence: number): Buffer {
  const attributes = request.attributes ?? [];
  const headerEnd = 16 + align(request.header.length);
  const message = Buffer.alloc(headerEnd + attributesLength(attributes));
  message.writeUInt32LE(message.length, 0);
  message.writeUInt16LE(request.type, 4);
  message.writeUInt16LE(request.flags | NLM_F_REQUEST, 6);
  message.writeUInt32LE(sequence, 8);
  message.set(request.header, 16);
  writeAttributes(message, headerEnd, attributes);
  return message;
}

/** Attributes by type; a repeated type keeps its last value (lists use `listAttributes`). */
export function parseAttributes(data: Buffer): Map<number, Buffer> {
  return new Map(listAttributes(data));
}

export function listAttributes(data: Buffer): [number, Buffer][] {
  const found: [number, Buffer][] = [];
  for (let at = 0; at + 4 <= data.length; ) {
    const length = data.readUInt16LE(at);
    if (length < 4 || at + length > data.length) break;
    found.push([data.readUInt16LE(at + 2) & NLA_TYPE_MASK, data.subarray(at + 4, at + length)]);
    at += align(length);
  }
  return found;
}

export const u8 = (value: number): Buffer => Buffer.from([value]);

export function u16(value: number): Buffer {
  const data = Buffer.alloc(2);
  data.writeUInt16LE(value);
  return data;
}

export function u32(value: number): Buffer {
  const data = Buffer.alloc(4);
  data.writeUInt32LE(value >>> 0);
  return data;
}

export function u16be(value: number): Buffer {
  const data = Buffer.alloc(2);
  data.writeUInt16BE(value);
  return data;
}

export const text = (value: string): Buffer => Buffer.from(`${value}\0`);

export function readText(data: Buffer | undefined): string {
  if (!data) return "";
  const end = data.indexOf(0);
  return data.toString("utf8", 0, end < 0 ? data.length : end);
}

/** `02:42:0a:d5:00:02` as six bytes. */
export function hardwareAddress(address: string): Buffer {
  return Buffer.from(address.replaceAll(":", ""), "hex");
}

export function readHardwareAddress(data: Buffer | undefined): string {
  return data ? (data.toString("hex").match(/../g) ?? []).join(":") : "";
}
