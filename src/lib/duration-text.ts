const second = 1_000_000_000n;

/** As Go's `Duration.String`: `1h0m5s`, `1.5s`, `300ms`, `0s`. */
export function durationText(nanoseconds: number): string {
  const sign = nanoseconds < 0 ? "-" : "";
  const size = BigInt(Math.round(Math.abs(nanoseconds)));
  if (size === 0n) return "0s";
  if (size < second) return sign + belowSecond(size);
  const hours = size / (3600n * second);
  const minutes = (size / (60n * second)) % 60n;
  const rest = `${fraction(size % (60n * second), second)}s`;
  if (hours > 0n) return `${sign}${hours}h${minutes}m${rest}`;
  return minutes > 0n ? `${sign}${minutes}m${rest}` : sign + rest;
}

function belowSecond(size: bigint): string {
  if (size < 1_000n) return `${size}ns`;
  return size < 1_000_000n ? `${fraction(size, 1_000n)}µs` : `${fraction(size, 1_000_000n)}ms`;
}

function fraction(size: bigint, unit: bigint): string {
  const rest = size % unit;
  if (rest === 0n) return String(size / unit);
  const digits = String(rest).padStart(String(unit).length - 1, "0");
  return `${size / unit}.${digits.replace(/0+$/, "")}`;
}
