import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { ConfigFile } from "../config/config-file.ts";
import type { Session } from "../session.ts";

const systemFolders = [
  ...["/usr/local/lib/docker/cli-plugins", "/usr/local/libexec/docker/cli-plugins"],
  ...["/usr/lib/docker/cli-plugins", "/usr/libexec/docker/cli-plugins"],
];

const prefix = "docker-";

/** Programs `docker-NAME` in the folders Docker looks into; of one name the first folder's is taken. */
export async function findPlugins(session: Session): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const folder of pluginFolders(await session.config(), session.globals.configDirectory)) {
    for (const file of filesOf(folder)) {
      if (!file.startsWith(prefix)) continue;
      const name = file.slice(prefix.length);
      found.set(name, [...(found.get(name) ?? []), join(folder, file)]);
    }
  }
  return found;
}

function pluginFolders({ cliPluginsExtraDirs }: ConfigFile, configDirectory: string): string[] {
  const extra = Array.isArray(cliPluginsExtraDirs) ? cliPluginsExtraDirs.map(String) : [];
  return [...extra, join(configDirectory, "cli-plugins"), ...systemFolders];
}

function filesOf(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() || entry.isSymbolicLink())
      .map(({ name }) => name)
      .sort();
  } catch {
    return [];
  }
}
