import { EngineError, messageOf } from "../../errors/engine-error.ts";
import { nearest } from "../../lib/nearest.ts";
import type { Flag, FlagSet, FlagValues } from "./flag.ts";

/**
 * Docker's command line grammar (that of pflag): `--flag value`, `--flag=value`, `-f value`,
 * `-fvalue`, `-f=value`, clusters of switches whose last one may take a value (`-dp 80:80`),
 * `--` ends flags, `-` alone is an argument. A switch takes a value only behind `=`.
 */
export interface ParsedFlags<S extends FlagSet> {
  readonly values: FlagValues<S>;
  /** Names of the flags that were given. */
  readonly given: ReadonlySet<string>;
  readonly positional: readonly string[];
  readonly help: boolean;
}

export interface ParseOptions {
  /** False: the first argument that is not a flag ends flags (`docker run IMAGE -x`). */
  readonly interspersed?: boolean;
}

/** A mistake in the command line: usage is shown with it. */
export class UsageError extends EngineError {
  /** Where it is not that of the command. */
  readonly exitCode: number | undefined = undefined;

  constructor(message: string, cause?: unknown) {
    super("invalid_argument", message, cause);
    this.name = "UsageError";
  }
}

export function parseFlags<S extends FlagSet>(
  flags: S,
  args: readonly string[],
  options: ParseOptions = {},
): ParsedFlags<S> {
  const shorthands = new Map<string, string>();
  const values: Record<string, unknown> = {};
  for (const [name, flag] of Object.entries(flags)) {
    values[name] = flag.initial;
    if (flag.short) shorthands.set(flag.short, name);
  }
  const given = new Set<string>();
  const positional: string[] = [];
  let help = false;
  let at = 0;

  const set = (name: string, flag: Flag<unknown>, text: string) => {
    try {
      values[name] = flag.add(values[name], text, given.has(name));
    } catch (error) {
      const shown = flag.short ? `-${flag.short}, --${name}` : `--${name}`;
      throw new UsageError(
        `invalid argument ${JSON.stringify(text)} for "${shown}" flag: ${messageOf(error)}`,
        error,
      );
    }
    given.add(name);
  };

  const long = (arg: string) => {
    const equals = arg.indexOf("=");
    const name = arg.slice(2, equals < 0 ? undefined : equals);
    if (name === "" || name.startsWith("-")) throw new UsageError(`bad flag syntax: ${arg}`);
    const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
    if (!flag) {
      if (name === "help") help = true;
      else throw new UsageError(`unknown flag: --${name}${suggestion(name, flags)}`);
    } else if (equals >= 0) set(name, flag, arg.slice(equals + 1));
    else if (flag.placeholder === "") set(name, flag, "true");
    else {
      const value = args[at++];
      if (value === undefined) throw new UsageError(`flag needs an argument: --${name}`);
      set(name, flag, value);
    }
  };

  const cluster = (arg: string) => {
    for (let i = 1; i < arg.length; i++) {
      const letter = arg.charAt(i);
      const name = shorthands.get(letter);
      const flag = name === undefined ? undefined : flags[name];
      if (name === undefined || !flag) {
        if (letter === "h") {
          help = true;
          continue;
        }
        throw new UsageError(`unknown shorthand flag: '${letter}' in ${arg}`);
      }
      const rest = arg.slice(i + 1);
      if (rest.startsWith("=")) return set(name, flag, rest.slice(1));
      if (flag.placeholder === "") {
        set(name, flag, "true");
        continue;
      }
      if (rest !== "") return set(name, flag, rest);
      const value = args[at++];
      if (value === undefined) throw new UsageError(`flag needs an argument: '${letter}' in ${arg}`);
      return set(name, flag, value);
    }
  };

  while (at < args.length) {
    const arg = args[at++] ?? "";
    if (arg === "--") {
      positional.push(...args.slice(at));
      break;
    }
    if (arg.startsWith("--")) long(arg);
    else if (arg.startsWith("-") && arg !== "-") cluster(arg);
    else if (options.interspersed === false) {
      positional.push(arg, ...args.slice(at));
      break;
    } else positional.push(arg);
  }
  return { values: values as FlagValues<S>, given, positional, help };
}

function suggestion(name: string, flags: FlagSet): string {
  const names = Object.keys(flags).filter((key) => !flags[key]?.hidden);
  const near = nearest(name, names);
  return near === undefined ? "" : ` (did you mean --${near}?)`;
}
