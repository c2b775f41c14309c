import { EngineAnswer, invalidArgument, messageOf } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";

export const renameCommand = command({
  usage: "rename CONTAINER NEW_NAME",
  flags: {},
  arguments: [2, 2],
  async run({ positional }, terminal, session) {
    const [id = "", name = ""] = positional.map((word) => word.trim());
    if (id === "" || name === "") throw invalidArgument("Error: Neither old nor new names may be empty");
    const engine = await session.engine();
    try {
      await engine.call("ContainerRename", { params: { id }, query: { name } });
    } catch (error) {
      const prefix = error instanceof EngineAnswer ? "Error response from daemon: " : "";
      terminal.err(`${prefix}${messageOf(error)}\nError: failed to rename container named ${id}\n`);
      return exitCode.failed;
    }
    return exitCode.ok;
  },
});
