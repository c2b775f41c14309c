import { invalidArgument } from "../errors/engine-error.ts";
import { parseGoDuration } from "./go-duration.ts";

/**
 * A time in a query (`since`, `until`): unix seconds with or without fraction,
 * RFC 3339 or its shorter forms (`2024-01-02`, `2024-01-02T15:04`; local time without a
 * zone), or a Go duration counted back from now. Returns seconds since the epoch.
 */
export function parseTime(text: string, now: number = Date.now() / 1000): number {
  return Number(parseNanos(text, now)) / 1e9;
}

const lastNanos = 253_402_300_800_000_000_000n;

/** The same as nanoseconds: a time copied out of a log finds that very line, which a double would miss. */
export function parseNanos(text: string, now: number = Date.now() / 1000): bigint {
  const nanos = nanosIn(text, now);
  // After the year 9999 there is no way to write it down.
  if (nanos >= lastNanos || nanos <= -lastNanos) {
    throw invalidArgument(`invalid timestamp ${JSON.stringify(text)}: out of range`);
  }
  return nanos;
}

function nanosIn(text: string, now: number): bigint {
  const unix = /^(-?)(\d+)(?:\.(\d*))?$/.exec(text);
  if (unix) {
    const nanos = BigInt(unix[2] ?? 0) * 1_000_000_000n + nanosOfFraction(unix[3]);
    return unix[1] ? -nanos : nanos;
  }
  const duration = parseGoDuration(text);
  if (duration !== undefined) return BigInt(Math.round((now - duration) * 1e9));
  const nanos = parseDate(text);
  if (nanos === undefined) throw invalidArgument(`invalid timestamp ${JSON.stringify(text)}`);
  return nanos;
}

const nanosOfFraction = (digits = "") => BigInt(digits.slice(0, 9).padEnd(9, "0"));

const date =
  /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2})(?::(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?)?(Z|[+-]\d{2}:\d{2})?$/;

function parseDate(text: string): bigint | undefined {
  const match = date.exec(text);
  if (!match) return undefined;
  const [, year = "", month = "", day = "", hour = "00", minute = "00", second = "00", fraction, zone] =
    match;
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const milliseconds = Date.parse(`${local}${zone ?? ""}`);
  if (Number.isNaN(milliseconds)) return undefined;
  return BigInt(milliseconds) * 1_000_000n + nanosOfFraction(fraction);
}
