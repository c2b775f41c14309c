import { EngineAnswer, messageOf } from "../../errors/engine-error.ts";
import type { Terminal } from "../command.ts";
import { exitCode } from "../exit-code.ts";

/** Does the same for every name, prints each that worked, and goes on after one that did not. */
export async function forEachName(
  names: readonly string[],
  terminal: Terminal,
  work: (name: string) => Promise<unknown>,
  /** Neither said nor a failure: what `--force` is for. */
  forgiven: (error: unknown) => boolean = () => false,
): Promise<number> {
  let code: number = exitCode.ok;
  for (const name of names) {
    try {
      await work(name);
      terminal.out(`${name}\n`);
    } catch (error) {
      if (!(error instanceof EngineAnswer)) throw error;
      if (forgiven(error)) continue;
      terminal.err(`Error response from daemon: ${messageOf(error)}\n`);
      code = exitCode.failed;
    }
  }
  return code;
}
