import { invalidArgument } from "../../errors/engine-error.ts";
import type { Flag } from "./flag.ts";

interface Extras {
  readonly short?: string;
  readonly hidden?: boolean;
}

const steps: Readonly<Record<string, number>> = { k: 1, m: 2, g: 3, t: 4, p: 5 };

/** Bytes of `512`, `1.5g`, `64 KiB`: powers of 1024, whatever the unit says. */
export function parseBytes(text: string): number {
  const match = /^(\d+(?:\.\d+)?) ?([kKmMgGtTpP])?([iI])?([bB])?$/.exec(text);
  const unit = match?.[2]?.toLowerCase();
  // `ib` alone is no unit.
  if (!match || (match[3] && !unit)) throw invalidArgument(`invalid size: '${text}'`);
  return Math.trunc(Number(match[1]) * 1024 ** (unit === undefined ? 0 : (steps[unit] ?? 0)));
}

/** `unlimited`: -1 is taken for that. */
export function bytesFlag(
  help: string,
  extras: Extras & { readonly unlimited?: boolean } = {},
): Flag<number> {
  const { unlimited, ...rest } = extras;
  return {
    placeholder: "bytes",
    ...rest,
    help,
    initial: 0,
    add: (_, text) => (unlimited && text === "-1" ? -1 : parseBytes(text)),
  };
}

/** Billionths of a processor. */
export function cpusFlag(help: string): Flag<number> {
  return {
    placeholder: "decimal",
    help,
    initial: 0,
    add: (_, text) => {
      if (!/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text)) {
        throw invalidArgument(`failed to parse ${text} as a rational number`);
      }
      const nano = Number((Number(text) * 1e9).toPrecision(15));
      if (!Number.isInteger(nano)) throw invalidArgument("value is too precise");
      return nano;
    },
  };
}

/** A whole number that is not negative and has so many bits. */
export function smallIntegerFlag(help: string, bits: number, extras: Extras = {}): Flag<number> {
  return {
    placeholder: `uint${bits}`,
    defaultText: "0",
    ...extras,
    help,
    initial: 0,
    add: (_, text) => {
      const refused = (why: string) =>
        invalidArgument(`strconv.ParseUint: parsing ${JSON.stringify(text)}: ${why}`);
      if (!/^\d+$/.test(text)) throw refused("invalid syntax");
      const value = Number(text);
      if (value >= 2 ** bits) throw refused("value out of range");
      return value;
    },
  };
}
