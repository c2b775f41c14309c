import { defaultHost } from "../../client/engine-address.ts";
import { exitCode } from "../exit-code.ts";
import type { Session } from "../session.ts";
import { findPlugins } from "./find-plugins.ts";
import { openPlugin } from "./plugin.ts";

/**
 * Becomes the plugin of this name, so that signals, the terminal and the exit code are its own;
 * gives undefined when there is none that can be used. It gets the whole command line: global
 * options are for it to read. `words` is the line from the command on.
 */
export async function runPlugin(
  name: string,
  session: Session,
  words: readonly string[],
): Promise<number | undefined> {
  const globals = session.line.slice(0, session.line.length - words.length);
  return await become(name, [...globals, name, ...words.slice(1)], session);
}

/** Asks the plugin what may stand in its part of the line; it answers by itself. */
export async function completeByPlugin(
  name: string,
  words: readonly string[],
  session: Session,
): Promise<void> {
  await become(name, ["__complete", ...words], session);
}

async function become(name: string, args: readonly string[], session: Session): Promise<number | undefined> {
  const paths = (await findPlugins(session)).get(name);
  if (!paths) return undefined;
  const plugin = await openPlugin(name, paths, session);
  if (plugin.wrong !== undefined) return undefined;
  const env = await pluginEnvironment(session);
  session.end();
  process.execve?.(plugin.path, [plugin.path, ...args], env);
  return exitCode.failed;
}

/** Plugins have Docker's default socket built in: where nobody chose an engine, ours is named to them. */
export async function pluginEnvironment(session: Session): Promise<Record<string, string>> {
  const { env, globals, startedAs, program } = session;
  const chosen =
    globals.hosts.length > 0 ||
    globals.context !== "" ||
    env.DOCKER_HOST ||
    env.DOCKER_CONTEXT ||
    (await session.config()).currentContext;
  const given = Object.entries(env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]));
  return {
    ...(Object.fromEntries(given) as Record<string, string>),
    DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND: startedAs ?? program,
    ...(!chosen && { DOCKER_HOST: defaultHost }),
  };
}
