import { basename } from "node:path";
import type { CommandTable } from "../cli/command.ts";
import { commandTable } from "../cli/commands/table.ts";
import { runCli } from "../cli/run-cli.ts";
import { writeOut } from "../cli/terminal/write-out.ts";
import { resolverCommand } from "../network/dns/resolver-word.ts";

/**
 * The entry of the executable. Everything a command needs is imported when it is called:
 * `hull version` must not pay for the engine.
 */
const table: CommandTable = {
  ...commandTable,
  bootstrap: {
    summary: "Make a base image out of this machine's own packages, without a registry",
    group: "command",
    load: async () => (await import("./bootstrap-command.ts")).bootstrapCommand,
  },
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
  registry: {
    summary: "Serve images to others: a registry of our own",
    group: "management",
    subcommands: {
      serve: {
        summary: "Run a registry",
        group: "command",
        load: async () => (await import("./registry-command.ts")).serveCommand,
      },
      gc: {
        summary: "Collect the garbage of a registry that is not running",
        group: "command",
        load: async () => (await import("./registry-command.ts")).gcCommand,
      },
    },
  },
};

const terminal = {
  out: (text: string) => writeOut(1, text),
  err: (text: string) => writeOut(2, text),
};

const args = process.argv.slice(2);
// Started by the engine alone, and no command of the table: it never gets to the event loop.
if (args[0] === resolverCommand && args[1] !== undefined) {
  const { resolverMain } = await import("../network/dns/resolver-process.ts");
  process.exit(resolverMain(args[1]));
}
const program = basename(process.argv0) === "docker" ? "docker" : "hull";
const code = await runCli(args, table, terminal, {
  env: process.env,
  program,
  startedAs: process.argv0,
  holderOfPort: async (protocol, address, port) => {
    const { findPortHolder } = await import("../sys/port-holder.ts");
    const holder = findPortHolder(protocol, address, port);
    return holder && `process ${JSON.stringify(holder.process)} with pid ${holder.pid}`;
  },
});
// What was written has arrived: nothing is left to wait for, be it a socket that is kept alive.
process.exit(code);
