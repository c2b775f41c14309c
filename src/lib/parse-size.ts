import { invalidArgument } from "../errors/engine-error.ts";
import { goQuote } from "./go-quote.ts";

const powers = ["k", "m", "g", "t", "p"];

/** `512m`, `1.5GiB`, `64 KB`, `1000`: bytes, every unit a power of 1024; the words of Docker's errors. */
export function parseSize(text: string): number {
  const end = /[\d. ](?=[^\d. ]*$)/.exec(text)?.index;
  if (end === undefined) throw invalidArgument(`invalid size: '${text}'`);
  const number = text.slice(0, text[end] === " " ? end : end + 1);
  const suffix = text.slice(end + 1);
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(number)) {
    throw invalidArgument(`strconv.ParseFloat: parsing ${goQuote(number)}: invalid syntax`);
  }
  const size = Number(number);
  if (size < 0) throw invalidArgument(`invalid size: '${text}'`);
  return Math.trunc(size * unitOf(suffix));
}

function unitOf(suffix: string): number {
  const shown = suffix.length > 3 ? suffix : suffix.toLowerCase();
  if (shown === "" || shown === "b") return 1;
  const power = powers.indexOf(shown.charAt(0)) + 1;
  if (power === 0 || !["", "b", "ib"].includes(shown.slice(1))) {
    throw invalidArgument(`invalid suffix: '${shown}'`);
  }
  return 1024 ** power;
}
