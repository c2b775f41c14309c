import { invalidArgument } from "../../errors/engine-error.ts";
import { goQuote } from "../../lib/go-quote.ts";

const units: Readonly<Record<string, number>> = {
  ...{ ns: 1, us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 },
};

/** Nanoseconds of a Go duration (`1h30m`, `1.5s`, `-10ms`, `0`); the words of Go's errors. */
export function parseDuration(text: string): number {
  const wrong = () => invalidArgument(`time: invalid duration ${goQuote(text)}`);
  let rest = text.replace(/^[+-]/, "");
  if (rest === "0") return 0;
  if (rest === "") throw wrong();
  let total = 0;
  while (rest !== "") {
    const [part = "", number = "", unit = ""] = /^(\d+\.?\d*|\.\d+)([^\d.]*)/.exec(rest) ?? [];
    if (part === "") throw wrong();
    if (unit === "") throw invalidArgument(`time: missing unit in duration ${goQuote(text)}`);
    const length = units[unit];
    if (length === undefined) {
      throw invalidArgument(`time: unknown unit ${goQuote(unit)} in duration ${goQuote(text)}`);
    }
    total += Number(number) * length;
    rest = rest.slice(part.length);
  }
  if (total > 2 ** 63) throw wrong();
  return Math.round(text.startsWith("-") ? -total : total);
}
