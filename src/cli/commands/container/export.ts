import { invalidArgument } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { exportContainer } from "../../containers/export-container.ts";
import { exitCode } from "../../exit-code.ts";
import { stringFlag } from "../../flags/flag.ts";
import { interruptible } from "../../interruptible.ts";
import { isTerminal, standardOutput } from "../../terminal/tty.ts";

const flags = {
  output: stringFlag("Write to a file, instead of STDOUT", { short: "o" }),
};

export const exportCommand = command({
  usage: "export [OPTIONS] CONTAINER",
  flags,
  arguments: [1, 1],
  run({ values: { output }, positional: [id = ""] }, _, session) {
    if (output === "" && isTerminal(standardOutput)) {
      throw invalidArgument("cowardly refusing to save to a terminal. Use the -o flag or redirect");
    }
    return interruptible(async (signal) => {
      await exportContainer(await session.engine(), id, output, signal);
      return exitCode.ok;
    });
  },
});
