import { invalidArgument } from "../../../errors/engine-error.ts";
import type { Duration } from "../../model/amounts.ts";

const unitNanos: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
  w: 604_800_000_000_000n,
};

/** `1m30s`, `1.5h`, and days and weeks, which Go itself does not have. In nanoseconds. */
export function parseComposeDuration(text: string): Duration {
  const simple = /^(\d{1,6})(ms|s|m|h)$/.exec(text);
  if (simple) return Number(simple[1]) * Number(unitNanos[simple[2] ?? ""]);
  const invalid = () => invalidArgument(`time: invalid duration "${text}"`);
  let rest = text.replace(/^[-+]/, "");
  if (rest === "0") return 0;
  if (rest === "") throw invalid();
  let nanos = 0;
  while (rest !== "") {
    const [whole, digits = "", , fraction = ""] = /^(\d*)(\.(\d*))?/.exec(rest) ?? [""];
    if (digits === "" && fraction === "") throw invalid();
    rest = rest.slice(whole.length);
    const [unit] = /^[^\d.]*/.exec(rest) ?? [""];
    if (unit === "") throw invalidArgument(`time: missing unit in duration "${text}"`);
    const factor = unitNanos[unit];
    if (factor === undefined) throw invalidArgument(`time: unknown unit "${unit}" in duration "${text}"`);
    const amount = BigInt(digits || "0") * factor;
    if (amount > 9_223_372_036_854_775_807n) throw invalid();
    nanos += Number(amount) + Math.trunc(Number(`0.${fraction || "0"}`) * Number(factor));
    rest = rest.slice(unit.length);
  }
  if (nanos > Number.MAX_SAFE_INTEGER * 1024) throw invalid();
  return text.startsWith("-") ? -nanos : nanos;
}
