import type { RuntimeSpec, SpecProcess } from "../oci/runtime-spec.ts";
import type { ExecOptions } from "./runtime.ts";
import { capabilitySets } from "./spec/capabilities.ts";
import { type AccountFiles, resolveUser } from "./spec/user.ts";

export const defaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** process.json of an exec: the container's own process with what the exec wishes otherwise. */
// trail: exec -it
export function planExec(
  options: ExecOptions,
  container: RuntimeSpec,
  accounts: AccountFiles,
  hostCapabilities: readonly string[],
): SpecProcess {
  const { config, containerConfig, hostConfig } = options;
  const base = container.process;
  const groupAdd = hostConfig.GroupAdd ?? [];
  const resolved = config.user === "" ? undefined : resolveUser(config.user, groupAdd, accounts);
  const user = resolved
    ? { uid: resolved.uid, gid: resolved.gid, additionalGids: resolved.additionalGids ?? [] }
    : base.user;
  const bounding = config.privileged ? hostCapabilities : (base.capabilities?.bounding ?? []);
  const [height, width] = options.consoleSize ?? [0, 0];
  const { consoleSize: _, terminal: __, ...inherited } = base;
  return {
    ...inherited,
    ...(config.tty ? { terminal: true } : {}),
    ...(config.tty && height > 0 && width > 0 ? { consoleSize: { height, width } } : {}),
    user,
    args: config.command,
    env: execEnvironment(options, startedWith(base.env ?? [], resolved?.home), containerConfig.Hostname),
    cwd: config.workingDir || base.cwd,
    capabilities: capabilitySets(bounding, user.uid),
  };
}

/** The variables the container was started with; another user has another HOME. */
function startedWith(env: readonly string[], home: string | undefined): readonly string[] {
  if (home === undefined) return env;
  return [...env.filter((entry) => !entry.startsWith("HOME=")), `HOME=${home}`];
}

/**
 * The container's environment with the exec's own on top; a later entry of a name wins in its
 * place. What the container was given at its start and has not in its configuration (variables
 * of links) is in `started`; whether there is a terminal is the exec's own affair.
 */
function execEnvironment(
  options: ExecOptions,
  started: readonly string[],
  hostname: string,
): readonly string[] {
  const env = new Map<string, string>();
  const set = (entry: string) => {
    const at = entry.indexOf("=");
    const name = at < 0 ? entry : entry.slice(0, at);
    /* `-e NAME` without a value takes it away again. */
    if (at < 0) env.delete(name);
    else env.set(name, entry);
  };
  set(defaultPath);
  for (const entry of started) if (!entry.startsWith("TERM=")) set(entry);
  if (hostname !== "") set(`HOSTNAME=${hostname}`);
  if (options.config.tty) set("TERM=xterm");
  for (const entry of options.containerConfig.Env) set(entry);
  for (const entry of options.config.env) set(entry);
  return [...env.values()];
}
