import { EngineError, messageOf } from "../../errors/engine-error.ts";
import { goQuote } from "../../lib/go-quote.ts";
import { nearest } from "../../lib/nearest.ts";
import { booleanFlag, type Flag, type FlagSet, type FlagValues } from "./flag.ts";

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
  /** Hears of flags that are out of use, when the line is right. */
  readonly notice?: (text: string) => void;
}

/** A mistake in the command line: usage is shown with it. */
export class UsageError extends EngineError {
  /** Where it is not that of the command. */
  readonly exitCode: number | undefined = undefined;
  /** What was probably meant. */
  readonly hint: string | undefined;

  constructor(message: string, cause?: unknown, hint?: string) {
    super("invalid_argument", message, cause);
    this.name = "UsageError";
    this.hint = hint;
  }
}

export function parseFlags<S extends FlagSet>(
  flags: S,
  args: readonly string[],
  options: ParseOptions = {},
): ParsedFlags<S> {
  const reader = new FlagReader(flags, args, options.interspersed ?? true);
  reader.read();
  for (const notice of reader.notices) options.notice?.(notice);
  return {
    values: reader.values as FlagValues<S>,
    given: reader.given,
    positional: reader.positional,
    help: reader.help,
  };
}

const helpFlag = booleanFlag("Print usage");

class FlagReader {
  readonly values: Record<string, unknown> = {};
  readonly given = new Set<string>();
  readonly positional: string[] = [];
  readonly notices: string[] = [];
  help = false;
  readonly #flags: FlagSet;
  readonly #byLetter = new Map<string, string>();
  readonly #args: readonly string[];
  readonly #interspersed: boolean;
  #at = 0;

  constructor(flags: FlagSet, args: readonly string[], interspersed: boolean) {
    this.#flags = flags;
    this.#args = args;
    this.#interspersed = interspersed;
    for (const [name, flag] of Object.entries(flags)) {
      this.values[name] = flag.initial;
      if (flag.short) this.#byLetter.set(flag.short, name);
    }
  }

  read(): void {
    while (this.#at < this.#args.length) {
      const arg = this.#args[this.#at++] ?? "";
      if (arg === "--") this.#restIsPositional();
      else if (arg.startsWith("--")) this.#long(arg);
      else if (arg.startsWith("-") && arg !== "-") this.#cluster(arg.slice(1));
      else {
        this.positional.push(arg);
        if (!this.#interspersed) this.#restIsPositional();
      }
    }
  }

  #restIsPositional(): void {
    this.positional.push(...this.#args.slice(this.#at));
    this.#at = this.#args.length;
  }

  #long(arg: string): void {
    const equals = arg.indexOf("=");
    const name = arg.slice(2, equals < 0 ? undefined : equals);
    if (name === "" || name.startsWith("-")) throw new UsageError(`bad flag syntax: ${arg}`);
    const flag = this.#flag(name);
    if (!flag) throw new UsageError(`unknown flag: --${name}`, undefined, this.#meant(name));
    if (equals >= 0) this.#set(name, flag, arg.slice(equals + 1));
    else this.#set(name, flag, aloneOf(flag) ?? this.#next(`--${name}`));
  }

  /** `letters` loses its first letter at each switch; messages show what is left, as pflag's do. */
  #cluster(letters: string): void {
    for (let rest = letters; rest !== ""; ) {
      const letter = rest.charAt(0);
      const name = this.#byLetter.get(letter) ?? (letter === "h" ? "help" : undefined);
      const flag = name === undefined ? undefined : this.#flag(name);
      if (name === undefined || !flag) throw unknownLetter(rest);
      if (name === "help" && flag === helpFlag) {
        this.notices.push("Flag shorthand -h has been deprecated, use --help");
      }
      const alone = aloneOf(flag);
      if (rest.length > 2 && rest[1] === "=") {
        this.#set(name, flag, rest.slice(2));
        rest = "";
      } else if (alone === undefined) {
        this.#set(name, flag, rest.slice(1) || this.#next(`'${letter}' in -${rest}`));
        rest = "";
      } else {
        this.#set(name, flag, alone);
        rest = rest.slice(1);
      }
    }
  }

  #flag(name: string): Flag<unknown> | undefined {
    if (Object.hasOwn(this.#flags, name)) return this.#flags[name];
    return name === "help" ? helpFlag : undefined;
  }

  #next(asked: string): string {
    const value = this.#args[this.#at++];
    if (value === undefined) throw new UsageError(`flag needs an argument: ${asked}`);
    return value;
  }

  #set(name: string, flag: Flag<unknown>, text: string): void {
    try {
      const value = flag.add(this.values[name], text, this.given.has(name));
      if (flag === helpFlag) this.help = Boolean(value);
      else this.values[name] = value;
    } catch (error) {
      const shown = flag.short ? `-${flag.short}, --${name}` : `--${name}`;
      const wrong = `invalid argument ${goQuote(text)} for "${shown}" flag`;
      throw new UsageError(`${wrong}: ${messageOf(error)}`, error);
    }
    if (flag === helpFlag) return;
    this.given.add(name);
    if (flag.deprecated) this.notices.push(`Flag --${name} has been deprecated, ${flag.deprecated}`);
  }

  #meant(name: string): string | undefined {
    const known = Object.entries(this.#flags).filter(([, flag]) => !flag.hidden && !flag.deprecated);
    const near = nearest(
      name,
      known.map(([key]) => key),
    );
    return near === undefined ? undefined : `--${near}`;
  }
}

function aloneOf(flag: Flag<unknown>): string | undefined {
  return flag.alone ?? (flag.placeholder === "" ? "true" : undefined);
}

/** pflag goes by bytes: of a letter beyond ASCII it names the first. */
function unknownLetter(rest: string): UsageError {
  const byte = Buffer.from(rest).at(0) ?? 0;
  return new UsageError(`unknown shorthand flag: '${String.fromCharCode(byte)}' in -${rest}`);
}
