import type { EngineClient } from "../../client/engine-client.ts";
import { conflict, invalidArgument } from "../../errors/engine-error.ts";
import type { Terminal } from "../command.ts";
import { isTerminal, standardInput, standardOutput, windowSize } from "../terminal/tty.ts";
import { followSize, setSize } from "./follow-size.ts";
import { SignalForwarder } from "./forward-signals.ts";
import { joinStreams } from "./streams.ts";
import { waitForExit } from "./wait-exit.ts";

export interface AttachWish {
  readonly input: boolean;
  readonly forwardSignals: boolean;
  /** Empty for the usual ones. */
  readonly detachKeys: string;
}

/** Joins the streams of a container's first process with those of this program, until it ends; gives its code. */
export async function attachRunning(
  engine: EngineClient,
  name: string,
  wish: AttachWish,
  terminal: Terminal,
): Promise<number> {
  const { detachKeys } = wish;
  const { id, tty, hasInput } = await runningContainer(engine, name);
  if (wish.input && tty && !isTerminal(standardInput)) {
    throw invalidArgument("the input device is not a TTY");
  }
  const input = wish.input && hasInput;
  using signals = wish.forwardSignals && !tty ? new SignalForwarder(engine) : undefined;
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
}

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
