const units: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  μs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
};

/** Seconds of a Go duration (`1h30m`, `1.5s`, `-10ms`, `0`), or undefined for anything else. */
export function parseGoDuration(text: string): number | undefined {
  const match = /^([+-]?)(.*)$/.exec(text);
  const rest = match?.[2] ?? "";
  if (rest === "0") return 0;
  if (rest === "") return undefined;
  let seconds = 0;
  let at = 0;
  for (const part of rest.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/gy)) {
    seconds += Number(part[1]) * (units[part[2] ?? ""] ?? 0);
    at = part.index + part[0].length;
  }
  if (at !== rest.length) return undefined;
  return match?.[1] === "-" ? -seconds : seconds;
}
