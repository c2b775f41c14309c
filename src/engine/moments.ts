import { invalidArgument } from "../errors/engine-error.ts";
import { parseDuration } from "../lib/duration.ts";

/** Nanoseconds since the epoch of an RFC 3339 time, all nine digits kept. */
export function nanosOf(timestamp: string): bigint {
  const fraction = /\.(\d+)/.exec(timestamp)?.[1] ?? "";
  const seconds = Date.parse(timestamp.replace(/\.\d+/, "")) / 1000;
  if (!Number.isFinite(seconds)) throw invalidArgument(`invalid time: ${JSON.stringify(timestamp)}`);
  return BigInt(seconds) * 1_000_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, "0"));
}

const datePattern =
  /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d)(?::(\d\d)(?::(\d\d)(?:\.(\d+))?)?)?)?(Z|z|[-+]\d\d:\d\d)?$/;

/**
 * A point in time as `until` and `since` take it: a duration before `now`, an RFC 3339 time
 * (shortened, or without a zone for the engine's own), or seconds since the epoch with
 * fraction. In nanoseconds since the epoch.
 */
export function parseMoment(text: string, now: bigint): bigint {
  if (text.trim() === "") {
    throw invalidArgument("failed to parse value as time or duration: value is empty");
  }
  const duration = text === "0" ? undefined : parseDuration(text);
  if (duration !== undefined) return now - BigInt(Math.round(duration));
  const date = datePattern.exec(text);
  if (date !== null) return dateNanos(text, date);
  const seconds = /^(-?\d+)(?:\.(\d*))?$/.exec(text);
  if (seconds !== null) {
    return BigInt(seconds[1] ?? 0) * 1_000_000_000n + BigInt((seconds[2] ?? "").slice(0, 9).padEnd(9, "0"));
  }
  if (text.includes("-")) throw invalidArgument(`parsing time ${JSON.stringify(text)}: not a time`);
  throw invalidArgument(`failed to parse value as time or duration: ${JSON.stringify(text)}`);
}

function dateNanos(text: string, date: RegExpExecArray): bigint {
  const [, year, month, day, hour = "00", minute = "00", second = "00", fraction = "", zone = ""] = date;
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  if (Number(month) < 1 || Number(month) > 12) throw outOfRange(text, "month");
  if (Number(day) < 1 || Number(day) > days) throw outOfRange(text, "day");
  // A date without a time is UTC to JavaScript, local to Docker: the time is always written out.
  const millis = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${zone.toUpperCase()}`);
  if (Number.isNaN(millis)) throw outOfRange(text, "time");
  return BigInt(millis) * 1_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, "0"));
}

function outOfRange(text: string, part: string) {
  return invalidArgument(`parsing time ${JSON.stringify(text)}: ${part} out of range`);
}
