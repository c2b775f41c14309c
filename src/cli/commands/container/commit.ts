import { command } from "../../command.ts";
import { commitContainer } from "../../containers/commit-container.ts";
import { exitCode } from "../../exit-code.ts";
import { booleanFlag, listFlag, stringFlag } from "../../flags/flag.ts";

const flags = {
  author: stringFlag('Author (e.g., "John Hannibal Smith <hannibal@a-team.com>")', { short: "a" }),
  change: listFlag("Apply Dockerfile instruction to the created image", { short: "c" }),
  message: stringFlag("Commit message", { short: "m" }),
  pause: booleanFlag("Pause container during commit", { short: "p", initial: true }),
};

export const commitCommand = command({
  usage: "commit [OPTIONS] CONTAINER [REPOSITORY[:TAG]]",
  flags,
  interspersed: false,
  arguments: [1, 2],
  async run({ values, positional: [container = "", name = ""] }, terminal, session) {
    const { author, change, message, pause } = values;
    const wish = { name, author, message, changes: change, pause };
    terminal.out(`${await commitContainer(await session.engine(), container, wish)}\n`);
    return exitCode.ok;
  },
});
