import { conflict, invalidArgument } from "../../errors/engine-error.ts";
import type { EngineContext } from "../context.ts";
import { checkPsArgs, parsePs } from "./parse-ps.ts";

/** `docker top`: the host's `ps`, cut down to the container's processes. */
export async function topContainer(
  context: EngineContext,
  nameOrId: string,
  psArgs: string,
): Promise<{ titles: string[]; processes: string[][] }> {
  const container = context.containers.find(nameOrId);
  const { task } = container;
  if (container.record.state.status === "restarting") {
    throw conflict(`Container ${container.id} is restarting, wait until the container is running`);
  }
  if (!task || !container.isRunning) throw conflict(`container ${container.id} is not running`);
  checkPsArgs(psArgs);
  const words = (psArgs === "" ? "-ef" : psArgs).split(/\s+/).filter((word) => word !== "");
  for (const word of words) {
    // Anything else could make ps read or write files for the caller.
    if (!/^[-A-Za-z0-9_,=:%+]+$/.test(word)) throw invalidArgument(`invalid ps argument: ${word}`);
  }
  const pids = new Set(await task.pids());
  const { exitCode, stdout, stderr } = await context.host.ps(words);
  if (exitCode !== 0) throw invalidArgument(`Error running ps: ${stderr.trim()}`);
  return parsePs(stdout, pids);
}
