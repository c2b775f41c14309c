import type { Session } from "../session.ts";
import { findPlugins } from "./find-plugins.ts";
import { openPlugin, type Plugin } from "./plugin.ts";

/** All plugins of this machine, also those that cannot be used, by name. */
export async function listPlugins(session: Session): Promise<Plugin[]> {
  const found = [...(await findPlugins(session))].sort(([a], [b]) => (a < b ? -1 : 1));
  return await Promise.all(found.map(([name, paths]) => openPlugin(name, paths, session)));
}
