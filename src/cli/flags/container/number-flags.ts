import { parseSize } from "../../../lib/parse-size.ts";
import { parseDuration } from "../duration.ts";
import type { Flag } from "../flag.ts";
import { parseCpus, parseUnsigned } from "../numbers.ts";

interface Extras {
  readonly short?: string;
  readonly hidden?: boolean;
}

export function bytesFlag(help: string, extras: Extras = {}): Flag<number> {
  return { placeholder: "bytes", ...extras, help, initial: 0, add: (_, text) => parseSize(text) };
}

/** The same, where -1 means without limit. */
export function swapFlag(help: string): Flag<number> {
  return {
    placeholder: "bytes",
    help,
    initial: 0,
    add: (_, text) => (text === "-1" ? -1 : parseSize(text)),
  };
}

export function cpusFlag(help: string): Flag<number> {
  return { placeholder: "decimal", help, initial: 0, add: (_, text) => parseCpus(text) };
}

/** Nanoseconds. */
export function durationFlag(help: string): Flag<number> {
  return {
    placeholder: "duration",
    defaultText: "0s",
    help,
    initial: 0,
    add: (_, text) => parseDuration(text),
  };
}

export function unsignedFlag(help: string, placeholder: string, bits: number): Flag<number> {
  return {
    placeholder,
    ...(bits === 16 && { defaultText: "0" }),
    help,
    initial: 0,
    add: (_, text) => parseUnsigned(text, bits),
  };
}
