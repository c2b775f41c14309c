import { invalidArgument } from "../../errors/engine-error.ts";

/** Numbers in header fields: octal text, or GNU's base 256 (top bit set) for what does not fit. */
export function parseNumber(field: Uint8Array): number {
  const first = field[0] ?? 0;
  if (first & 0x80) return parseBase256(field);
  let text = "";
  for (const byte of field) {
    if (byte === 0) break;
    text += String.fromCharCode(byte);
  }
  text = text.trim();
  if (text === "") return 0;
  if (!/^[0-7]+$/.test(text)) throw invalidArgument(`invalid tar header: bad number ${JSON.stringify(text)}`);
  return Number.parseInt(text, 8);
}

function parseBase256(field: Uint8Array): number {
  const first = field[0] ?? 0;
  const negative = (first & 0x40) !== 0;
  let value = 0n;
  for (const [index, byte] of field.entries()) {
    value = (value << 8n) | BigInt(index === 0 ? byte & 0x7f : byte);
  }
  if (negative) value -= 1n << BigInt(field.length * 8 - 1);
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw invalidArgument("invalid tar header: number out of range");
  return number;
}

/** Whether `value` fits the field as octal with a NUL behind it. */
export function fitsOctal(value: number, width: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < 8 ** (width - 1);
}

export function writeOctal(block: Uint8Array, offset: number, width: number, value: number): void {
  const text = value.toString(8).padStart(width - 1, "0");
  for (let i = 0; i < width - 1; i++) block[offset + i] = text.charCodeAt(i);
  block[offset + width - 1] = 0;
}

/** `1700000000.25` of a PAX record. Negative times count down to the second below. */
export function parsePaxTime(text: string): { seconds: number; nanoseconds: number } {
  const match = /^(-?)(\d+)(?:\.(\d*))?$/.exec(text);
  if (!match) throw invalidArgument(`invalid tar header: bad time ${JSON.stringify(text)}`);
  const whole = Number(match[2]);
  if (!Number.isSafeInteger(whole)) throw invalidArgument("invalid tar header: time out of range");
  const nanoseconds = Number((match[3] ?? "").slice(0, 9).padEnd(9, "0"));
  if (!match[1]) return { seconds: whole, nanoseconds };
  if (nanoseconds === 0) return { seconds: whole === 0 ? 0 : -whole, nanoseconds };
  return { seconds: -whole - 1, nanoseconds: 1_000_000_000 - nanoseconds };
}

export function formatPaxTime(time: { seconds: number; nanoseconds: number }): string {
  if (time.nanoseconds === 0) return String(time.seconds);
  const negative = time.seconds < 0;
  const whole = negative ? -time.seconds - 1 : time.seconds;
  const fraction = negative ? 1_000_000_000 - time.nanoseconds : time.nanoseconds;
  return `${negative ? "-" : ""}${whole}.${String(fraction).padStart(9, "0").replace(/0+$/, "")}`;
}
