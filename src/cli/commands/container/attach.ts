import type { EngineClient } from "../../../client/engine-client.ts";
import { conflict, invalidArgument } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { followSize, setSize } from "../../containers/follow-size.ts";
import { SignalForwarder } from "../../containers/forward-signals.ts";
import { joinStreams } from "../../containers/streams.ts";
import { waitForExit } from "../../containers/wait-exit.ts";
import { booleanFlag, stringFlag } from "../../flags/flag.ts";
import { isTerminal, standardInput, standardOutput, windowSize } from "../../terminal/tty.ts";

const flags = {
  "detach-keys": stringFlag("Override the key sequence for detaching a container"),
  "no-stdin": booleanFlag("Do not attach STDIN"),
  "sig-proxy": booleanFlag("Proxy all received signals to the process", { initial: true }),
};

export const attachCommand = command({
  usage: "attach [OPTIONS] CONTAINER",
  flags,
  arguments: [1, 1],
  async run({ values, positional: [name = ""] }, terminal, session) {
    const engine = await session.engine();
    const { id, tty, hasInput } = await runningContainer(engine, name);
    const wantsInput = !values["no-stdin"];
    if (wantsInput && tty && !isTerminal(standardInput)) {
      throw invalidArgument("the input device is not a TTY");
    }
    const keys = values["detach-keys"] || (await session.config()).detachKeys;
    const detachKeys = typeof keys === "string" ? keys : "";
    const input = wantsInput && hasInput;
    using signals = values["sig-proxy"] && !tty ? new SignalForwarder(engine) : undefined;
    const { exit } = await waitForExit(engine, id, "not-running", terminal);
    const connection = await engine.hijack("ContainerAttach", {
      params: { id },
      query: {
        stream: 1,
        stdin: input ? 1 : undefined,
        stdout: 1,
        stderr: 1,
        detachKeys: detachKeys || undefined,
      },
    });
    signals?.started(id);
    // It may have ended meanwhile: nothing would ever come.
    await runningContainer(engine, id).catch((error) => {
      connection.close();
      throw error;
    });
    if (tty) await nudgeSize(engine, id);
    using _ = tty ? followSize(engine, { kind: "container", id }) : undefined;
    if ((await joinStreams(connection, { tty, input, detachKeys })) === "detached") {
      throw conflict("read escape sequence");
    }
    return await exit();
  },
});

/** A shell draws its prompt again only when the size changes; for a moment it is another one. */
async function nudgeSize(engine: EngineClient, id: string): Promise<void> {
  const size = windowSize(standardOutput);
  if (!size) return;
  await setSize(engine, { kind: "container", id }, { rows: size.rows + 1, columns: size.columns + 1 });
}

async function runningContainer(engine: EngineClient, name: string) {
  const {
    Id,
    State: state,
    Config: config,
  } = await engine.call("ContainerInspect", {
    params: { id: name },
  });
  if (!state?.Running) throw conflict("You cannot attach to a stopped container, start it first");
  if (state.Paused) throw conflict("You cannot attach to a paused container, unpause it first");
  if (state.Restarting) {
    throw conflict("You cannot attach to a restarting container, wait until it is running");
  }
  return { id: Id ?? name, tty: config?.Tty ?? false, hasInput: config?.OpenStdin ?? false };
}
