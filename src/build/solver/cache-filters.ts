import { invalidArgument } from "../../errors/engine-error.ts";
import { parseDuration } from "../../lib/duration.ts";
import type { CacheUsage } from "./build-cache.ts";

type Test = (entry: CacheUsage) => boolean;

/** Filters of `/build/prune`: values of one name are alternatives, names must all hold. */
export function cacheFilter(filters: ReadonlyMap<string, readonly string[]>, now: number): Test {
  const tests = [...filters].map(([name, values]): Test => {
    const negative = name.endsWith("!");
    const any = values.map((value) => testOf(negative ? name.slice(0, -1) : name, value, now));
    return negative
      ? (entry) => !any.some((test) => test(entry))
      : (entry) => any.some((test) => test(entry));
  });
  return (entry) => tests.every((test) => test(entry));
}

function testOf(name: string, value: string, now: number): Test {
  switch (name) {
    case "until":
    case "unused-for": {
      const before = momentOf(value, now);
      return ({ lastUsedAt, createdAt }) => Date.parse(lastUsedAt ?? createdAt) <= before;
    }
    case "id":
      return textTest(value, ({ id }) => id);
    case "parent":
    case "parents":
      return ({ parents }) => parents.some((parent) => textTest(value, () => parent)({} as CacheUsage));
    case "type":
      return textTest(value, ({ type }) => type);
    case "description":
      return textTest(value, ({ description }) => description);
    case "inuse":
      return flagTest(value, ({ inUse }) => inUse);
    case "shared":
      return flagTest(value, ({ shared }) => shared);
    case "private":
      return flagTest(value, ({ shared }) => !shared);
    default:
      throw invalidArgument(`Invalid filter '${name}'`);
  }
}

/** A duration back from now, or a moment. */
function momentOf(value: string, now: number): number {
  const duration = parseDuration(value);
  if (duration !== undefined) return now - duration / 1e6;
  const seconds = /^\d+(?:\.\d+)?$/.test(value) ? Number(value) * 1000 : Date.parse(value);
  if (Number.isNaN(seconds))
    throw invalidArgument(`failed to parse until filter: time: invalid duration ${JSON.stringify(value)}`);
  return seconds;
}

/** `~x` in front: a regular expression. */
function textTest(value: string, of: (entry: CacheUsage) => string): Test {
  if (!value.startsWith("~")) return (entry) => of(entry) === value;
  let pattern: RegExp;
  try {
    pattern = new RegExp(value.slice(1));
  } catch (error) {
    throw invalidArgument(`invalid regular expression ${JSON.stringify(value.slice(1))}`, error);
  }
  return (entry) => pattern.test(of(entry));
}

function flagTest(value: string, of: (entry: CacheUsage) => boolean): Test {
  const wanted = !["false", "0", "no"].includes(value.toLowerCase());
  return (entry) => of(entry) === wanted;
}
