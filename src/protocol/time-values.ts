import { invalidArgument } from "../errors/engine-error.ts";
import { parseGoDuration } from "./go-duration.ts";

/**
 * A time in a query (`since`, `until`): unix seconds with or without fraction,
 * RFC 3339 or its shorter forms (`2024-01-02`, `2024-01-02T15:04`; local time without a
 * zone), or a Go duration counted back from now. Returns seconds since the epoch.
 */
export function parseTime(text: string, now: number = Date.now() / 1000): number {
  if (/^-?\d+(\.\d*)?$/.test(text)) return Number(text);
  const duration = parseGoDuration(text);
  if (duration !== undefined) return now - duration;
  const seconds = parseDate(text);
  if (seconds === undefined) throw invalidArgument(`invalid timestamp ${JSON.stringify(text)}`);
  return seconds;
}

const date =
  /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2})(?::(\d{2})(?::(\d{2})(\.\d{1,9})?)?)?)?(Z|[+-]\d{2}:\d{2})?$/;

function parseDate(text: string): number | undefined {
  const match = date.exec(text);
  if (!match) return undefined;
  const [, year = "", month = "", day = "", hour = "00", minute = "00", second = "00", fraction, zone] =
    match;
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const milliseconds = Date.parse(`${local}${zone ?? ""}`);
  if (Number.isNaN(milliseconds)) return undefined;
  return milliseconds / 1000 + Number(fraction ?? 0);
}
