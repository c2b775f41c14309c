import { invalidArgument } from "../../../errors/engine-error.ts";
import type { Bytes } from "../../model/amounts.ts";

/** `512m`, `1.5 GiB`, `300`: in steps of 1024, with Docker's sentences about what is none. */
export function parseSize(text: string): Bytes {
  const last = Math.max(...Array.from("0123456789. ", (letter) => text.lastIndexOf(letter)));
  if (last < 0) throw invalidArgument(`invalid size: '${text}'`);
  const number = text[last] === " " ? text.slice(0, last) : text.slice(0, last + 1);
  const suffix = text.slice(last + 1).toLowerCase();
  if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(number)) {
    throw invalidArgument(`strconv.ParseFloat: parsing ${JSON.stringify(number)}: invalid syntax`);
  }
  if (number.startsWith("-") && Number(number) < 0) throw invalidArgument(`invalid size: '${text}'`);
  if (suffix === "" || suffix === "b") return Math.trunc(Number(number));
  if (!/^[kmgtp](b|ib)?$/.test(suffix)) throw invalidArgument(`invalid suffix: '${suffix}'`);
  return Math.trunc(Number(number) * 1024 ** ("kmgtp".indexOf(suffix[0] ?? "") + 1));
}
