import { command } from "../../command.ts";
import { currentContext } from "../../config/current-context.ts";
import { exitCode } from "../../exit-code.ts";

export const showContextCommand = command({
  usage: "context show",
  flags: {},
  arguments: [0, 0],
  async run(_, terminal, session) {
    terminal.out(`${await currentContext(session)}\n`);
    return exitCode.ok;
  },
});
