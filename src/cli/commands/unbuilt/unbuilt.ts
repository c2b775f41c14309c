import type { EngineClient } from "../../../client/engine-client.ts";
import { EngineAnswer, messageOf, notImplemented } from "../../../errors/engine-error.ts";
import { type Command, command, type Terminal } from "../../command.ts";
import { CodedError, exitCode } from "../../exit-code.ts";
import { booleanFlag, type FlagSet, listFlag } from "../../flags/flag.ts";
import type { Session } from "../../session.ts";
import { unbuiltUsages } from "./flags.ts";

const reasons: Readonly<Record<string, string>> = {
  manifest: "Hull does not edit manifest lists; `hull push` sends every platform an image has",
  trust: "Hull does not sign images and does not check signatures of Docker Content Trust",
};

/** A command that reads its line as Docker's does, and then says in one sentence why it can do no more. */
export function unbuiltCommand(group: string, word: string): Command {
  const { usage, flags } = unbuiltUsages[`${group} ${word}`] ?? { usage: `${group} ${word}`, flags: "" };
  const top = group.split(" ")[0] ?? "";
  const reason = reasons[top];
  return command({
    usage,
    flags: flagsOf(flags),
    ...(usage.includes("[ARG...]") && { interspersed: false }),
    arguments: argumentsOf(usage, `${group} ${word}`),
    details:
      reason ??
      (top === "checkpoint" ? "Hull makes no checkpoints." : "Hull works on one machine: it has no swarm."),
    async run({ given }, terminal, session) {
      if (reason !== undefined) throw notImplemented(`${group} ${word}: ${reason}`);
      if (top === "checkpoint") return refuseCheckpoint(word, session);
      return askSwarm(group, word, given.has("force"), terminal, session);
    },
  });
}

function flagsOf(text: string): FlagSet {
  return Object.fromEntries(
    text.split(" ").flatMap((part) => {
      const match = /^(?:(\w):)?([\w-]+)(=?)$/.exec(part);
      if (!match) return [];
      const [, short, name = "", value] = match;
      const extras = { hidden: true, ...(short !== undefined && { short }) };
      return [[name, value ? listFlag("", extras) : booleanFlag("", extras)]];
    }),
  );
}

/** `[OPTIONS] A [B] [C...]`: words in brackets may be left out, dots mean any number. */
function argumentsOf(usage: string, path: string): [number, number] {
  const words = usage
    .split(" ")
    .slice(path.split(" ").length)
    .filter((word) => word !== "[OPTIONS]");
  const least = words.filter((word) => !word.startsWith("[")).length;
  return [least, words.some((word) => word.includes("...")) ? Number.POSITIVE_INFINITY : words.length];
}

async function refuseCheckpoint(word: string, session: Session): Promise<never> {
  const engine = await session.engine();
  const { Experimental: experimental } = await engine.call("SystemVersion");
  const name = `${session.program} checkpoint ${word}`;
  if (experimental) throw notImplemented(`${name}: Hull makes no checkpoints`);
  throw notImplemented(`${name} is only supported on a Docker daemon with experimental features enabled`);
}

/** An engine outside of a swarm says so itself, as every engine of Hull's does. */
async function askSwarm(
  group: string,
  word: string,
  force: boolean,
  terminal: Terminal,
  session: Session,
): Promise<number> {
  const engine = await session.engine();
  if (group === "swarm" && word === "leave") {
    await engine.extension("POST", "/swarm/leave", { query: { force: force || undefined } });
    terminal.out("Node left the swarm.\n");
    return exitCode.ok;
  }
  const name = `${group} ${word}`;
  if (name !== "swarm init" && name !== "swarm join") {
    if (name === "swarm unlock") await refuseUnlock(engine);
    if (word === "inspect") terminal.out("[]\n");
    await asManager(engine, name === "swarm unlock-key" ? "could not fetch unlock key: " : "");
  }
  throw notImplemented(`${session.program} ${name}: Hull works on one machine and has no swarm`);
}

async function asManager(engine: EngineClient, prefix: string): Promise<void> {
  try {
    await engine.extension("GET", "/swarm");
  } catch (error) {
    if (prefix === "" || !(error instanceof EngineAnswer)) throw error;
    throw new CodedError(`${prefix}Error response from daemon: ${messageOf(error)}`);
  }
}

async function refuseUnlock(engine: EngineClient): Promise<void> {
  const { Swarm: swarm } = await engine.call("SystemInfo");
  if (swarm?.LocalNodeState === "inactive") throw new CodedError("Error: This node is not part of a swarm");
}
