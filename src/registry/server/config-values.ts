import { invalidArgument } from "../../errors/engine-error.ts";

const milliseconds: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** `30s`, `1h30m`, `7d`; `0` needs no unit. Returns milliseconds. */
export function parseDuration(text: string): number {
  if (text === "0") return 0;
  if (!/^(?:\d+(?:ms|[smhd]))+$/.test(text)) {
    throw invalidArgument(`invalid duration ${JSON.stringify(text)}: write it like 30s, 90m, 12h or 7d`);
  }
  let sum = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)(ms|[smhd])/g)) {
    sum += Number(count) * (milliseconds[unit ?? ""] ?? 0);
  }
  return sum;
}

const powers: Readonly<Record<string, number>> = { "": 0, k: 1, m: 2, g: 3, t: 4 };

/** `4194304`, `4MiB`, `10GB`. Returns bytes. */
export function parseSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?$/i.exec(text);
  const power = powers[match?.[2]?.toLowerCase() ?? "-"];
  const bytes = Number(match?.[1]) * (match?.[3] ? 1024 : 1000) ** (power ?? Number.NaN);
  if (!Number.isFinite(bytes) || bytes < 1) {
    throw invalidArgument(`invalid size ${JSON.stringify(text)}: write it like 500MB or 10GiB`);
  }
  return Math.floor(bytes);
}

/** `HOST:PORT`, `:PORT` for all addresses, `[::1]:PORT`. */
export function parseAddr(text: string): { host: string; port: number } {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^:/[\]]*):(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (!match || port > 65535) {
    throw invalidArgument(`invalid address ${JSON.stringify(text)}: must be HOST:PORT`);
  }
  return { host: (match[1] ?? "").replace(/^\[|\]$/g, "") || "0.0.0.0", port };
}
