import type { EngineClient } from "../../client/engine-client.ts";
import { EngineAnswer, messageOf } from "../../errors/engine-error.ts";
import type { Terminal } from "../command.ts";
import { exitCode } from "../exit-code.ts";

export interface ForEachOptions {
  /** No failure of the command: what `--force` is for. */
  readonly forgiven?: (error: unknown) => boolean;
  /** All at once, as far as that goes; what is printed keeps the order of the names. */
  readonly atOnce?: boolean;
  /** Said instead of the name. */
  readonly said?: (name: string) => string;
}

/** As many as Docker's program sends at once. */
const mostAtOnce = 50;

type Outcome = { readonly error?: unknown };

/** Does the same for every name, prints each that worked, and goes on after one that did not. */
export async function forEachName(
  names: readonly string[],
  terminal: Terminal,
  engine: EngineClient,
  work: (name: string) => Promise<unknown>,
  { forgiven = () => false, atOnce = false, said = (name) => name }: ForEachOptions = {},
): Promise<number> {
  const outcomes: Promise<Outcome>[] = [];
  const attempt = async (name: string): Promise<Outcome> => {
    try {
      await work(name);
      return {};
    } catch (error) {
      return { error };
    }
  };
  let code: number = exitCode.ok;
  for (const [at, name] of names.entries()) {
    const until = atOnce ? Math.min(names.length, at + mostAtOnce) : at + 1;
    while (outcomes.length < until) outcomes.push(attempt(names[outcomes.length] ?? ""));
    const { error } = (await outcomes[at]) ?? {};
    if (error === undefined) {
      terminal.out(`${said(name)}\n`);
      continue;
    }
    // An engine that cannot be reached is not asked about the next name.
    if (!(error instanceof EngineAnswer)) throw error;
    if (forgiven(error)) continue;
    const { didYouMean } = await import("../containers/did-you-mean.ts");
    terminal.err(`Error response from daemon: ${messageOf(error)}\n${await didYouMean(engine, error)}`);
    code = exitCode.failed;
  }
  return code;
}
