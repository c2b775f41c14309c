const unitNanos: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** A duration as Go writes it (`1h30m`, `1.5s`, `-2m`) in nanoseconds; undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  if (!/^[-+]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(text)) {
    return /^[-+]?0$/.test(text) ? 0 : undefined;
  }
  let nanos = 0;
  for (const [, amount, unit] of text.matchAll(/([\d.]+)([a-zµμ]+)/g)) {
    nanos += Number(amount) * (unitNanos[unit ?? ""] ?? 0);
  }
  return text.startsWith("-") ? -nanos : nanos;
}
