import type { CommandTable } from "./command.ts";

/** The table with the words that are about the table itself. */
export function withOwnWords(table: CommandTable): CommandTable {
  const whole: CommandTable = {
    ...table,
    help: {
      summary: "Help about the command",
      group: "command",
      hidden: true,
      load: async () => (await import("./commands/help.ts")).helpCommand(whole),
    },
  };
  return whole;
}
