import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { invalidArgument, messageOf } from "../../errors/engine-error.ts";

/** `config.json` as far as it is read here; everything else in it is kept as it stands. */
export interface ConfigFile {
  readonly currentContext?: string;
  readonly HttpHeaders?: Readonly<Record<string, string>>;
  readonly psFormat?: string;
  readonly imagesFormat?: string;
  readonly networksFormat?: string;
  readonly volumesFormat?: string;
  readonly statsFormat?: string;
  readonly pluginsFormat?: string;
  readonly [key: string]: unknown;
}

export function readConfigFile(directory: string): ConfigFile {
  const path = join(directory, "config.json");
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    throw invalidArgument(`cannot read the configuration of the client: ${messageOf(error)}`, error);
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as ConfigFile;
  } catch (error) {
    throw invalidArgument(`cannot parse ${JSON.stringify(path)}: ${messageOf(error)}`, error);
  }
  throw invalidArgument(`cannot parse ${JSON.stringify(path)}: it must hold one JSON object`);
}

/** Writes beside and renames: another program never reads half a file. */
export function changeConfigFile(directory: string, change: (file: ConfigFile) => ConfigFile): void {
  const path = join(directory, "config.json");
  const { auths = {}, ...rest } = change(readConfigFile(directory));
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, JSON.stringify({ auths, ...rest }, undefined, "\t"), { mode: 0o600 });
  renameSync(fresh, path);
}
