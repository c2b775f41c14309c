import { invalidArgument } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { stringFlag } from "../../flags/flag.ts";
import { platformQuery } from "../../flags/platform-flag.ts";
import { interruptible } from "../../interruptible.ts";
import { isTerminal } from "../../terminal/tty.ts";
import { openWholeFile, standardOutput, type WholeFile } from "../../whole-file.ts";

const flags = {
  output: stringFlag("Write to a file, instead of STDOUT", { short: "o" }),
  platform: stringFlag(
    `Save only the given platform variant. Formatted as "os[/arch[/variant]]" (e.g., "linux/amd64")`,
  ),
};

export const saveCommand = command({
  usage: "save [OPTIONS] IMAGE [IMAGE...]",
  flags,
  arguments: [1, Number.POSITIVE_INFINITY],
  run({ values: { output, platform }, positional }, _, session) {
    if (output === "" && isTerminal(1)) {
      throw invalidArgument("cowardly refusing to save to a terminal. Use the -o flag or redirect");
    }
    return interruptible(async (signal) => {
      using file: WholeFile =
        output === "" ? standardOutput() : openWholeFile(output, "failed to save image");
      const engine = await session.engine();
      const response = await engine.stream("ImageGetAll", {
        query: {
          names: positional,
          platform: platformQuery(platform, await engine.version(), [1, 48]),
        },
        signal,
      });
      for await (const bytes of response.body ?? []) await file.write(bytes);
      await file.finish();
      return exitCode.ok;
    });
  },
});
