import { notFound } from "../../errors/engine-error.ts";
import { nearest } from "../../lib/nearest.ts";
import { type Command, type CommandTable, command } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import { topics } from "../topics/table.ts";

function wordsOf(table: CommandTable): string[] {
  return Object.keys(table).filter((word) => !table[word]?.hidden && !Object.hasOwn(topics, word));
}

/** Its page tells of all others, so it is made for a table of commands. */
export function helpCommand(table: CommandTable): Command {
  return command({
    usage: "help [COMMAND | TOPIC]",
    flags: {},
    arguments: [0, Number.POSITIVE_INFINITY],
    complete: [[...wordsOf(table), ...Object.keys(topics)], "nothing"],
    async run({ positional }, terminal, session) {
      const { helpText } = await import("../topics/help-text.ts");
      const text = await helpText(positional, table, session);
      if (text === undefined) {
        const word = positional.at(-1) ?? "";
        const near = nearest(word, [...wordsOf(table), ...Object.keys(topics)]);
        const hint = near === undefined ? "" : `\nDid you mean '${session.program} help ${near}'?`;
        throw notFound(`unknown help topic: ${word}${positional.length === 1 ? hint : ""}`);
      }
      const { showPaged } = await import("../topics/pager.ts");
      await showPaged(text, terminal, session.env);
      return exitCode.ok;
    },
  });
}
