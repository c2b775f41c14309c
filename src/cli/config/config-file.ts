import {
  chmodSync,
  chownSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { invalidArgument, messageOf } from "../../errors/engine-error.ts";

/** `config.json` as far as it is read here; everything else in it is kept as it stands. */
export interface ConfigFile {
  /** By server: `auth` (base64 of name:password), `identitytoken`; empty for what a helper keeps. */
  readonly auths?: Readonly<Record<string, unknown>>;
  readonly credsStore?: string;
  readonly credHelpers?: Readonly<Record<string, string>>;
  readonly currentContext?: string;
  readonly detachKeys?: string;
  readonly HttpHeaders?: Readonly<Record<string, string>>;
  readonly proxies?: Readonly<Record<string, ProxyConfig>>;
  readonly psFormat?: string;
  readonly imagesFormat?: string;
  readonly networksFormat?: string;
  readonly volumesFormat?: string;
  readonly statsFormat?: string;
  readonly pluginsFormat?: string;
  readonly aliases?: Readonly<Record<string, string>>;
  readonly cliPluginsExtraDirs?: readonly string[];
  readonly [key: string]: unknown;
}

export interface ProxyConfig {
  readonly httpProxy?: string;
  readonly httpsProxy?: string;
  readonly noProxy?: string;
  readonly ftpProxy?: string;
  readonly allProxy?: string;
}

export function readConfigFile(directory: string): ConfigFile {
  const path = join(directory, "config.json");
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return {};
    throw invalidArgument(`cannot read the configuration of the client: ${messageOf(error)}`, error);
  }
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as ConfigFile;
  } catch (error) {
    throw invalidArgument(`cannot parse ${JSON.stringify(path)}: ${messageOf(error)}`, error);
  }
  throw invalidArgument(`cannot parse ${JSON.stringify(path)}: it must hold one JSON object`);
}

/**
 * Writes beside and renames: another program never reads half a file. Owner and mode stay what
 * they were, a symbolic link stays one, and a new file is for its owner alone.
 */
export function changeConfigFile(directory: string, change: (file: ConfigFile) => ConfigFile): void {
  const { auths = {}, ...rest } = change(readConfigFile(directory));
  const target = linkTarget(join(directory, "config.json"));
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const fresh = `${target}.${process.pid}`;
  try {
    const sorted = Object.fromEntries(Object.entries(auths).sort(([a], [b]) => (a < b ? -1 : 1)));
    writeFileSync(fresh, JSON.stringify({ auths: sorted, ...rest }, undefined, "\t"), { mode: 0o600 });
    const before = statSync(target, { throwIfNoEntry: false });
    if (before) keepOwner(fresh, before);
    renameSync(fresh, target);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw invalidArgument(`cannot write ${JSON.stringify(target)}: ${messageOf(error)}`, error);
  }
}

function keepOwner(path: string, { mode, uid, gid }: { mode: number; uid: number; gid: number }): void {
  chmodSync(path, mode & 0o777);
  try {
    chownSync(path, uid, gid);
  } catch {
    // Only root may give files away.
  }
}

/** Where a link leads, be it to nothing yet. */
function linkTarget(path: string): string {
  try {
    return resolve(dirname(path), readlinkSync(path));
  } catch {
    return path;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
