import { invalidArgument } from "../../errors/engine-error.ts";
import type { LogQuery } from "../../logs/log-reader.ts";
import type { EngineContext } from "../context.ts";
import type { WaitResult } from "../services/containers.ts";
import { containerPaths } from "./directories.ts";

// trail: logs -f
export async function containerLogs(
  context: EngineContext,
  nameOrId: string,
  query: LogQuery,
  options: { follow: boolean; signal: AbortSignal },
): Promise<{ terminal: boolean; output: ReadableStream<Uint8Array> }> {
  const container = context.containers.find(nameOrId);
  if (!query.stdout && !query.stderr) {
    throw invalidArgument("Bad parameters: you must choose at least one stream");
  }
  const path = containerPaths(context, container.record).log;
  const follow = options.follow && (container.isRunning || container.record.state.status === "restarting");
  const ended = follow
    ? new Promise<WaitResult>((resolve) => container.waiters.add({ condition: "exit", resolve }))
    : Promise.resolve();
  const terminal = container.record.config.Tty;
  const output = context
    .logs(container.record.hostConfig.LogConfig.Type)
    .read(path, query, terminal, { follow, ended, signal: options.signal });
  return { terminal, output };
}
