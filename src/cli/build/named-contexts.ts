import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { invalidArgument } from "../../errors/engine-error.ts";
import { parseIgnoreFile } from "../../lib/ignore-file.ts";
import type { BuildSession } from "./build-session.ts";
import { isRemote } from "./context-source.ts";
import { listContext } from "./list-context.ts";
import { packContext } from "./pack-context.ts";

export interface NamedContexts {
  /** As the API takes them. */
  readonly parameter: Readonly<Record<string, string>>;
  readonly local: readonly { readonly name: string; readonly directory: string }[];
}

/** `--build-context NAME=…`: a directory, an address, `docker-image://…`, `oci-layout://directory[:tag]`. */
export function namedContexts(words: readonly string[]): NamedContexts {
  const parameter: Record<string, string> = {};
  const local: { name: string; directory: string }[] = [];
  for (const word of words) {
    const at = word.indexOf("=");
    if (at < 1) throw invalidArgument(`invalid context value: ${word}, expected key=value`);
    const [key, place] = [word.slice(0, at), word.slice(at + 1)];
    const name = `context-${local.length}`;
    if (place.startsWith("oci-layout://")) {
      const [, directory = "", reference = ""] = /^([^:@]+)[:@]?(.*)$/.exec(place.slice(13)) ?? [];
      local.push({ name, directory: directoryOf(key, directory) });
      parameter[key] = `session-layout:${name}:${reference}`;
    } else if (place.startsWith("docker-image://") || isRemote(place)) parameter[key] = place;
    else {
      local.push({ name, directory: directoryOf(key, place) });
      parameter[key] = `session:${name}`;
    }
  }
  return { parameter, local };
}

function directoryOf(key: string, place: string): string {
  if (statSync(place, { throwIfNoEntry: false })?.isDirectory()) return place;
  throw invalidArgument(`failed to get build context ${key}: ${JSON.stringify(place)} is no directory`);
}

/** Each leaves out what its own ignore file says. */
export async function sendContexts(
  session: BuildSession,
  { local }: NamedContexts,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(
    local.map(async ({ name, directory }) => {
      const file = join(directory, ".dockerignore");
      const ignore = parseIgnoreFile(existsSync(file) ? readFileSync(file, "utf8") : "");
      await session.sendFiles(name, packContext(directory, listContext(directory, ignore)), signal);
    }),
  );
}
