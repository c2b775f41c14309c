import { invalidArgument } from "../../errors/engine-error.ts";
import type { Session } from "../session.ts";
import type { BuildFlags } from "./build-flags.ts";
import { type BuildOutput, parseOutput } from "./build-outputs.ts";
import { buildVariables } from "./build-variables.ts";
import { type BuildSource, buildSource } from "./context-source.ts";
import { type AgentWanted, agentWanted, checkAgent } from "./lend-agents.ts";
import { readSecret, type Secret } from "./lend-secrets.ts";
import { type Caches, readCaches } from "./local-caches.ts";
import { type NamedContexts, namedContexts } from "./named-contexts.ts";
import { type StdinSource, stdinSource, stdinText } from "./stdin-source.ts";

/** Everything of a command line that can be wrong, read before the engine is asked for anything. */
export interface PreparedBuild {
  readonly flags: BuildFlags;
  readonly source: Exclude<BuildSource, { kind: "stdin" }> | StdinSource;
  readonly variables: Record<string, string>;
  readonly outputs: readonly BuildOutput[];
  readonly secrets: readonly Secret[];
  readonly agents: readonly AgentWanted[];
  readonly contexts: NamedContexts;
  readonly cacheFrom: Caches;
  readonly cacheTo: Caches;
}

export async function prepareBuild(
  flags: BuildFlags,
  place: string,
  session: Session,
): Promise<PreparedBuild> {
  checkFlags(flags);
  const { env, globals } = session;
  const found = await buildSource(place, flags.file, stdinText);
  const agents = flags.ssh.map((text) => agentWanted(text, env));
  await Promise.all(agents.map(checkAgent));
  const host = globals.hosts[0] ?? env.DOCKER_HOST ?? "";
  return {
    flags,
    agents,
    variables: buildVariables(flags["build-arg"], env, await session.config(), host),
    outputs: outputsOf(flags),
    secrets: flags.secret.map((text) => readSecret(text, env)),
    contexts: namedContexts(flags["build-context"]),
    cacheFrom: readCaches(flags["cache-from"], "src"),
    cacheTo: readCaches(flags["cache-to"], "dest"),
    // Last: it takes from standard input.
    source: found.kind === "stdin" ? await stdinSource() : found,
  };
}

function checkFlags(flags: BuildFlags): void {
  const onError = flags["on-error"];
  if (onError !== "" && onError !== "shell") {
    throw invalidArgument(`invalid --on-error ${JSON.stringify(onError)}: must be shell`);
  }
  if (flags.push && flags.load) throw invalidArgument("push and load may not be set together at the moment");
}

function outputsOf(flags: BuildFlags): BuildOutput[] {
  const outputs = flags.output.map(parseOutput);
  if (flags.load) outputs.push({ type: "image", push: false, names: [] });
  if (flags.push) outputs.push({ type: "registry", names: [] });
  const toStdout = outputs.filter((output) => "file" in output && output.file === "-");
  if (toStdout.length > 1) throw invalidArgument("only one output can go to standard output");
  return outputs;
}
