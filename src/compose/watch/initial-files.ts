import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { EngineClient } from "../../client/engine-client.ts";
import { isKind } from "../../errors/engine-error.ts";
import { containersOf } from "./sync-files.ts";
import { copies, type FileMapping, type WatchRule } from "./watch-rules.ts";

/** What `initial_sync` brings: files that changed after the image was made. */
export async function initialFiles(
  engine: EngineClient,
  project: string,
  rules: readonly WatchRule[],
): Promise<Map<string, FileMapping[]>> {
  const found = new Map<string, FileMapping[]>();
  for (const rule of rules) {
    const { name } = rule.service;
    if (!rule.trigger.initial_sync || !copies(rule.trigger)) continue;
    const since = await imageTime(engine, project, name);
    const files = filesBelow(rule.trigger.path, since).flatMap((path) => rule.match(path) ?? []);
    found.set(name, [...(found.get(name) ?? []), ...files.filter(({ target }) => target !== "")]);
  }
  return found;
}

/** Milliseconds since 1970; 0, and so everything is brought, where the image cannot be asked. */
async function imageTime(engine: EngineClient, project: string, service: string): Promise<number> {
  const [container] = await containersOf(engine, project, service);
  try {
    const name = container?.summary.ImageID ?? "";
    if (name === "") return 0;
    const { Created: created } = await engine.call("ImageInspect", { params: { name } });
    return Date.parse(created ?? "") || 0;
  } catch (error) {
    if (isKind(error, "not_found")) return 0;
    throw error;
  }
}

function filesBelow(path: string, since: number): string[] {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats) return [];
  if (!stats.isDirectory()) return stats.mtimeMs >= since ? [path] : [];
  return readdirSync(path).flatMap((name) => filesBelow(join(path, name), since));
}
