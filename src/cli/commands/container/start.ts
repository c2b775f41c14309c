import type { EngineClient } from "../../../client/engine-client.ts";
import { EngineAnswer, EngineError, invalidArgument, isKind } from "../../../errors/engine-error.ts";
import { command, type Terminal } from "../../command.ts";
import { didYouMean } from "../../containers/did-you-mean.ts";
import { failureText } from "../../containers/failures.ts";
import { followSize } from "../../containers/follow-size.ts";
import { SignalForwarder } from "../../containers/forward-signals.ts";
import { joinStreams } from "../../containers/streams.ts";
import { waitForExit } from "../../containers/wait-exit.ts";
import { exitCode } from "../../exit-code.ts";
import { booleanFlag, stringFlag } from "../../flags/flag.ts";

const flags = {
  attach: booleanFlag("Attach STDOUT/STDERR and forward signals", { short: "a" }),
  checkpoint: stringFlag("Restore from this checkpoint"),
  "checkpoint-dir": stringFlag("Use a custom checkpoint storage directory"),
  "detach-keys": stringFlag("Override the key sequence for detaching a container"),
  interactive: booleanFlag("Attach container's STDIN", { short: "i" }),
};

export const startCommand = command({
  usage: "start [OPTIONS] CONTAINER [CONTAINER...]",
  flags,
  arguments: [1, Number.POSITIVE_INFINITY],
  async run({ values, positional }, terminal, session) {
    const engine = await session.engine();
    const { attach, interactive, checkpoint } = values;
    const query = {
      checkpoint: checkpoint || undefined,
      "checkpoint-dir": values["checkpoint-dir"] || undefined,
    };
    if (attach || interactive) {
      if (positional.length > 1)
        throw invalidArgument("you cannot start and attach multiple containers at once");
      const keys = values["detach-keys"] || (await session.config()).detachKeys;
      return await startAttached(
        positional[0] ?? "",
        query,
        interactive,
        String(keys ?? ""),
        engine,
        terminal,
      );
    }
    if (checkpoint !== "" && positional.length > 1) {
      throw invalidArgument("you cannot restore multiple containers at once");
    }
    return await startAll(positional, query, engine, terminal);
  },
});

type StartQuery = Readonly<Record<string, string | undefined>>;

async function startAll(
  names: readonly string[],
  query: StartQuery,
  engine: EngineClient,
  terminal: Terminal,
): Promise<number> {
  const failed: string[] = [];
  for (const id of names) {
    try {
      await startContainer(engine, id, query);
      terminal.out(`${id}\n`);
    } catch (error) {
      if (!(error instanceof EngineAnswer)) throw error;
      terminal.err(`${failureText(error)}\n${await didYouMean(engine, error)}`);
      failed.push(id);
    }
  }
  if (failed.length === 0) return exitCode.ok;
  throw new EngineError("internal", `Error: failed to start containers: ${failed.join(", ")}`);
}

/** One that runs already is no failure. */
async function startContainer(engine: EngineClient, id: string, query: StartQuery): Promise<void> {
  try {
    await engine.call("ContainerStart", { params: { id }, query });
  } catch (error) {
    if (!isKind(error, "not_modified")) throw error;
  }
}

async function startAttached(
  name: string,
  query: StartQuery,
  interactive: boolean,
  detachKeys: string,
  engine: EngineClient,
  terminal: Terminal,
): Promise<number> {
  const {
    Id,
    Config: config,
    HostConfig: host,
  } = await engine.call("ContainerInspect", {
    params: { id: name },
  });
  const id = Id ?? name;
  const tty = config?.Tty ?? false;
  const input = interactive && (config?.OpenStdin ?? false);
  const removed = host?.AutoRemove ?? false;
  using signals = tty ? undefined : new SignalForwarder(engine);
  const [connection, { exit }] = await Promise.all([
    engine.hijack("ContainerAttach", {
      params: { id },
      query: {
        stream: 1,
        stdin: input ? 1 : undefined,
        stdout: 1,
        stderr: 1,
        detachKeys: detachKeys || undefined,
      },
    }),
    waitForExit(engine, id, removed ? "removed" : "next-exit", terminal),
  ]);
  const streams = joinStreams(connection, { tty, input, detachKeys });
  streams.catch(() => {});
  try {
    await startContainer(engine, id, query);
  } catch (error) {
    connection.close();
    await streams.catch(() => {});
    if (removed) await exit();
    throw error;
  }
  signals?.started(id);
  using _ = tty ? followSize(engine, { kind: "container", id }) : undefined;
  if ((await streams) === "detached") return exitCode.ok;
  return await exit();
}
