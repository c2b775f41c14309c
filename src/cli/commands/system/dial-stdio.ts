import { dialEngine } from "../../../client/dial-engine.ts";
import { command } from "../../command.ts";
import { engineAddress } from "../../connect.ts";
import { exitCode } from "../../exit-code.ts";

/**
 * The far side of `DOCKER_HOST=ssh://`: our standard input and output are a connection to the
 * engine. The end of the input is passed on and the answer still read; the end of the answer
 * is the end.
 */
export const dialStdioCommand = command({
  usage: "system dial-stdio",
  flags: {},
  arguments: [0, 0],
  async run(_, __, session) {
    const connection = await dialEngine(await engineAddress(session));
    const inward = async () => {
      for await (const bytes of Bun.stdin.stream()) {
        const waiting = connection.write(bytes);
        if (waiting) await waiting;
      }
      connection.closeWrite();
    };
    // Broken input means a broken session: the engine must not wait for more.
    inward().catch(() => connection.close());
    const stdout = Bun.stdout.writer();
    for (let bytes = await connection.input.next(); bytes; bytes = await connection.input.next()) {
      stdout.write(bytes);
      await stdout.flush();
    }
    await stdout.end();
    connection.close();
    session.end();
    // Standard input may be open still, and would keep the program alive.
    process.exit(exitCode.ok);
  },
});
