import type { CommandTable } from "../command.ts";

const shells = ["bash", "fish", "zsh"] as const;

const completionTable: CommandTable = Object.fromEntries(
  shells.map((shell) => [
    shell,
    {
      summary: `Generate the autocompletion script for ${shell}`,
      group: "command",
      load: async () => (await import("../commands/completion.ts")).completionScripts[shell],
    },
  ]),
);

/** The table with the words that are about the table itself. */
export function withHelpAndCompletion(table: CommandTable): CommandTable {
  const whole: CommandTable = {
    ...table,
    completion: {
      summary: "Generate the autocompletion script for a shell",
      group: "management",
      subcommands: completionTable,
    },
    help: {
      summary: "Help about the command",
      group: "command",
      hidden: true,
      load: async () => (await import("../commands/help.ts")).helpCommand(whole),
    },
  };
  return whole;
}
