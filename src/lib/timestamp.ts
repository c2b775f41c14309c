/** Times as the API prints them: RFC 3339, UTC, nanoseconds without trailing zeros. */

const wallAtStart = BigInt(Date.now()) * 1_000_000n;
const monotonicAtStart = process.hrtime.bigint();

/** Nanoseconds since the epoch; never runs backwards within one process. */
export function nowNano(): bigint {
  return wallAtStart + (process.hrtime.bigint() - monotonicAtStart);
}

export function formatTimestamp(nano: bigint): string {
  const whole = new Date(Number(nano / 1_000_000n)).toISOString().slice(0, 19);
  const fraction = (nano % 1_000_000_000n).toString().padStart(9, "0").replace(/0+$/, "");
  return fraction === "" ? `${whole}Z` : `${whole}.${fraction}Z`;
}

export function now(): string {
  return formatTimestamp(nowNano());
}

/** Milliseconds since the epoch of a timestamp, fraction kept. */
export function millisecondsOf(timestamp: string): number {
  const fraction = /\.(\d+)/.exec(timestamp)?.[1] ?? "";
  return Math.floor(Date.parse(timestamp) / 1000) * 1000 + Number(`0.${fraction || "0"}`) * 1000;
}

/** What Docker prints for a time that never was. */
export const zeroTime = "0001-01-01T00:00:00Z";
