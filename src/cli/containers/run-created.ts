import type { EngineClient } from "../../client/engine-client.ts";
import type { Terminal } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import type { CreateBody } from "../flags/container/create-body.ts";
import { followSize } from "./follow-size.ts";
import type { SignalForwarder } from "./forward-signals.ts";
import { joinStreams } from "./streams.ts";
import { waitForExit } from "./wait-exit.ts";

/** As much of what was created as matters for running it. */
type RunningBody = Pick<CreateBody, "AttachStdin" | "AttachStdout" | "AttachStderr" | "Tty"> & {
  readonly HostConfig: Pick<CreateBody["HostConfig"], "AutoRemove">;
};

/**
 * Runs what was created, and gives the exit code. Whoever listens does so before the start,
 * so that neither the first output nor the exit code of a short process is missed:
 *
 *     attach ─┐
 *     wait   ─┴─ start ── streams until they end ── exit code
 */
export async function runCreated(
  id: string,
  body: RunningBody,
  detachKeys: string,
  signals: SignalForwarder | undefined,
  engine: EngineClient,
  terminal: Terminal,
): Promise<number> {
  const { AttachStdin: input, AttachStdout: output, AttachStderr: errors, Tty: tty } = body;
  const shown = output || errors;
  const attaching =
    shown || input
      ? engine.hijack("ContainerAttach", {
          params: { id },
          query: {
            stream: 1,
            stdin: input ? 1 : undefined,
            stdout: output ? 1 : undefined,
            stderr: errors ? 1 : undefined,
            detachKeys: detachKeys || undefined,
          },
        })
      : undefined;
  const removed = body.HostConfig.AutoRemove;
  // In the background nobody asks for the exit code; only a failed start waits for the removal.
  const waiting =
    attaching || removed
      ? waitForExit(engine, id, removed ? "removed" : "next-exit", terminal)
      : { exit: async () => exitCode.ok };
  if (!attaching) {
    const { exit } = await waiting;
    await startOr(engine, id, async () => {
      if (removed) await exit();
    });
    terminal.out(`${id}\n`);
    return exitCode.ok;
  }
  const [connection, { exit }] = await Promise.all([attaching, waiting]);
  if (!shown) terminal.out(`${id}\n`);
  const streams = joinStreams(connection, { tty, input, detachKeys });
  // A failure of the start comes first; this one is looked at below.
  streams.catch(() => {});
  await startOr(engine, id, async () => {
    connection.close();
    await streams.catch(() => {});
    if (removed) await exit();
  });
  signals?.started(id);
  using _ = tty ? followSize(engine, { kind: "container", id }) : undefined;
  if (!shown) return exitCode.ok;
  if ((await streams) === "detached") return exitCode.ok;
  return await exit();
}

/** The terminal is in order, and a container that is to go is gone, before the failure is told. */
async function startOr(engine: EngineClient, id: string, tidy: () => Promise<void>): Promise<void> {
  try {
    await engine.call("ContainerStart", { params: { id } });
  } catch (error) {
    await tidy();
    throw error;
  }
}
