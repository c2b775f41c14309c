import { invalidArgument } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { stringFlag } from "../../flags/flag.ts";
import { interruptible } from "../../interruptible.ts";
import { isTerminal, standardOutput as standardOutputFd } from "../../terminal/tty.ts";
import { openWholeFile, standardOutput, type WholeFile } from "../../whole-file.ts";

const flags = {
  output: stringFlag("Write to a file, instead of STDOUT", { short: "o" }),
};

export const exportCommand = command({
  usage: "export [OPTIONS] CONTAINER",
  flags,
  arguments: [1, 1],
  run({ values: { output }, positional: [id = ""] }, _, session) {
    if (output === "" && isTerminal(standardOutputFd)) {
      throw invalidArgument("cowardly refusing to save to a terminal. Use the -o flag or redirect");
    }
    return interruptible(async (signal) => {
      using file: WholeFile =
        output === "" ? standardOutput() : openWholeFile(output, "failed to export container");
      const engine = await session.engine();
      const response = await engine.stream("ContainerExport", { params: { id }, signal });
      for await (const bytes of response.body ?? []) await file.write(bytes);
      await file.finish();
      return exitCode.ok;
    });
  },
});
