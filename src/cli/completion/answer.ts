import type { CommandTable, Terminal } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import { parseFlags } from "../flags/parse.ts";
import { type Globals, globalFlags, globalsOf } from "../globals.ts";
import { openSession } from "../open-session.ts";
import type { Call } from "../session.ts";
import { complete } from "./complete.ts";
import { positionOf } from "./line-position.ts";

/**
 * `__complete WORDS…`: what may stand for the last of them. One candidate a line, with what it
 * is behind a tab; then a colon and the sum of directives. Cobra's protocol, so scripts made by
 * the docker program work as well.
 */
export async function answerCompletion(
  words: readonly string[],
  descriptions: boolean,
  table: CommandTable,
  terminal: Terminal,
  call: Call,
  isCommand: (word: string) => boolean,
): Promise<number> {
  const position = await positionOf(words, table, globalFlags(call.env));
  const { group } = position;
  const opened = openSession(globalsIn(words, call.env), call, ["__complete", ...words], isCommand);
  const session = group ? { ...opened, group } : opened;
  try {
    if (position.foreign !== undefined) {
      const { completeByPlugin } = await import("../plugins/run-plugin.ts");
      await completeByPlugin(position.foreign, words, session);
    }
    const { candidates, directive } = await complete(position, session);
    const lines = candidates.map(({ value, about }) =>
      descriptions && about ? `${value}\t${about}` : value,
    );
    terminal.out(`${[...lines, `:${directive}`].join("\n")}\n`);
    return exitCode.ok;
  } finally {
    session.end();
  }
}

/** Those in front of the command, as far as they are right. */
function globalsIn(words: readonly string[], env: NodeJS.ProcessEnv): Globals {
  const flags = globalFlags(env);
  try {
    return globalsOf(parseFlags(flags, words.slice(0, -1), { interspersed: false }), env);
  } catch {
    return globalsOf(parseFlags(flags, []), env);
  }
}
