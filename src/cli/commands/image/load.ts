import { existsSync } from "node:fs";
import { invalidArgument, notFound } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { booleanFlag, stringFlag } from "../../flags/flag.ts";
import { platformQuery } from "../../flags/platform-flag.ts";
import { interruptible } from "../../interruptible.ts";
import { showTransfer } from "../../progress/show-transfer.ts";
import { isTerminal } from "../../terminal/tty.ts";

const flags = {
  input: stringFlag("Read from tar archive file, instead of STDIN", { short: "i" }),
  platform: stringFlag(
    `Load only the given platform variant. Formatted as "os[/arch[/variant]]" (e.g., "linux/amd64")`,
  ),
  quiet: booleanFlag("Suppress the load output", { short: "q" }),
};

export const loadCommand = command({
  usage: "load [OPTIONS]",
  flags,
  arguments: [0, 0],
  run({ values: { input, quiet, platform } }, terminal, session) {
    if (input === "" && isTerminal(0)) {
      throw invalidArgument("requested load from stdin, but stdin is empty");
    }
    if (input !== "" && !existsSync(input)) throw notFound(`open ${input}: no such file or directory`);
    return interruptible(async (signal) => {
      const engine = await session.engine();
      const platforms = platformQuery(platform, await engine.version(), [1, 48]);
      const response = await engine.stream("ImageLoad", {
        // Bars are for eyes.
        query: { quiet: quiet || !isTerminal(1) ? 1 : 0, platform: platforms },
        upload: (input === "" ? Bun.stdin : Bun.file(input)).stream(),
        headers: { "Content-Type": "application/x-tar" },
        signal,
      });
      if (response.headers.get("content-type")?.startsWith("application/json")) {
        await showTransfer(response, terminal);
      } else terminal.out(await response.text());
      return exitCode.ok;
    });
  },
});
