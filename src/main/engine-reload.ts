import { type CommandLine, type EngineOptions, engineOptions } from "./engine-options.ts";

/** What SIGHUP may change while the engine runs; everything else needs a new start. */
export const reloadable = [
  "labels",
  "logLevel",
  "shutdownTimeout",
  "defaultRuntime",
  "runtimes",
  "insecureRegistries",
  "registryMirrors",
  "maxConcurrentDownloads",
  "maxDownloadAttempts",
  "maxConcurrentUploads",
  "uploadChunkSize",
] as const satisfies readonly (keyof EngineOptions)[];

export interface Reloaded {
  readonly options: EngineOptions;
  /** Changed and in force from now on. */
  readonly changed: readonly string[];
  /** Changed in the file, but not while the engine runs. */
  readonly refused: readonly string[];
}

/**
 * The configuration file read again. A file that is wrong throws and leaves all as it was.
 */
export function reload(
  old: EngineOptions,
  line: CommandLine,
  read: (path: string) => string | undefined,
): Reloaded {
  const fresh = engineOptions(line, read);
  const may: ReadonlySet<string> = new Set(reloadable);
  const changed: string[] = [];
  const refused: string[] = [];
  const next: Record<string, unknown> = { ...old };
  for (const key of Object.keys(old) as (keyof EngineOptions)[]) {
    if (key === "warnings" || JSON.stringify(old[key]) === JSON.stringify(fresh[key])) continue;
    if (!may.has(key)) refused.push(key);
    else {
      next[key] = fresh[key];
      changed.push(key);
    }
  }
  return { options: Object.freeze(next) as unknown as EngineOptions, changed, refused };
}
