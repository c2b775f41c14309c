import type { CommandTable } from "../cli/command.ts";
import { commandTable } from "../cli/commands/table.ts";
import { runCli } from "../cli/run-cli.ts";

/**
 * The entry of the executable. Everything a command needs is imported when it is called:
 * `hull version` must not pay for the engine.
 */
const table: CommandTable = {
  ...commandTable,
  engine: {
    summary: "Run the engine",
    group: "management",
    load: async () => (await import("./engine-command.ts")).engineCommand,
    subcommands: {
      check: {
        summary: "Look for anything an engine left behind or lost",
        group: "command",
        load: async () => (await import("./engine-command.ts")).checkCommand,
      },
    },
  },
};

const terminal = {
  out: (text: string) => void process.stdout.write(text),
  err: (text: string) => void process.stderr.write(text),
};

process.exitCode = await runCli(process.argv.slice(2), table, terminal);
