import { EngineAnswer, messageOf } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";

export const waitCommand = command({
  usage: "wait CONTAINER [CONTAINER...]",
  flags: {},
  arguments: [1, Number.POSITIVE_INFINITY],
  async run({ positional }, terminal, session) {
    const engine = await session.engine();
    const failures: string[] = [];
    for (const id of positional) {
      try {
        const { StatusCode: code } = await engine.call("ContainerWait", { params: { id } });
        terminal.out(`${code}\n`);
      } catch (error) {
        if (!(error instanceof EngineAnswer)) throw error;
        failures.push(messageOf(error));
      }
    }
    for (const failure of failures) terminal.err(`Error response from daemon: ${failure}\n`);
    return failures.length === 0 ? exitCode.ok : exitCode.failed;
  },
});
