import type { Session } from "../session.ts";
import { askMetadata, type PluginMetadata } from "./plugin-metadata.ts";

/** A program that adds a word to this one, in the protocol of Docker's CLI plugins. */
export interface Plugin {
  readonly name: string;
  readonly path: string;
  /** Programs of the same name in later folders. */
  readonly shadowed: readonly string[];
  readonly metadata?: PluginMetadata;
  /** Why it cannot be used, in Docker's words. */
  readonly wrong?: string;
}

const goodName = /^[a-z][a-z0-9]*$/;

/** Asks the program what it is. Our own commands win over plugins of the same name, as Docker's do. */
export async function openPlugin(
  name: string,
  paths: readonly string[],
  { isCommand, env }: Pick<Session, "isCommand" | "env">,
): Promise<Plugin> {
  const [path = "", ...shadowed] = paths;
  const plugin = { name, path, shadowed };
  if (!goodName.test(name)) {
    return { ...plugin, wrong: `plugin candidate "${name}" did not match "${goodName.source}"` };
  }
  if (isCommand(name)) return { ...plugin, wrong: `plugin "${name}" duplicates builtin command` };
  const answer = await askMetadata(path, env);
  if ("failure" in answer) return { ...plugin, wrong: answer.failure };
  const { metadata } = answer;
  const wrong = wrongWith(metadata);
  return { ...plugin, metadata, ...(wrong !== undefined && { wrong }) };
}

function wrongWith({ SchemaVersion, Vendor }: PluginMetadata): string | undefined {
  if (SchemaVersion !== "0.1.0") {
    return `plugin SchemaVersion ${JSON.stringify(SchemaVersion ?? "")} is not valid, must be 0.1.0`;
  }
  return Vendor ? undefined : "plugin metadata does not define a vendor";
}

/** As `info --format json` shows it. */
export function pluginJson({ name, path, shadowed, metadata, wrong }: Plugin): Record<string, unknown> {
  return {
    ...metadata,
    Name: name,
    Path: path,
    ...(shadowed.length > 0 && { ShadowedPaths: shadowed }),
    ...(wrong !== undefined && { Err: wrong }),
  };
}
