import { dirname, join, resolve } from "node:path";
import { invalidArgument } from "../../../errors/engine-error.ts";
import { setEntry } from "../../yaml/places.ts";
import { isDirectory, isThere, refuseRemote } from "../files/file-reader.ts";
import type { ProjectOptions } from "../project-options.ts";
import { filesOfVariable, findFiles } from "./compose-files.ts";
import { readEnvFiles } from "./env-files.ts";
import { checkProjectName } from "./project-name.ts";

/** What a call says, with what variables and directories say where it is silent. */
export interface ResolvedOptions {
  /** Absolute; `-` is standard input. None, where none was named or found. */
  readonly files: readonly string[];
  readonly projectDirectory: string;
  /** The shell's variables, then those of files of variables. */
  readonly environment: Record<string, string>;
  /** The shell's alone. */
  readonly shell: Readonly<Record<string, string>>;
  /** All files variables were taken from, by falling rank. */
  readonly variableFiles: readonly string[];
  /** Those that were named; not a `.env` that was found. */
  readonly envFiles: readonly string[];
  readonly profiles: readonly string[];
}

/**
 * The order is Docker Compose's: a `.env` beside the call may say COMPOSE_FILE, and the `.env` of
 * the directory that leads to adds what is not set yet.
 */
export function resolveOptions(options: ProjectOptions): ResolvedOptions {
  const shell = shellVariables(options);
  const named = envFilesNamed(options, shell);
  let files: readonly string[] = options.files.map((file) => fullName(file, options.workingDirectory));
  const directory = () => directoryOf(options, files);
  const settings = composeSettings(named, directory(), shell);
  const environment: Record<string, string> = { ...settings, ...shell };
  const variableFiles = new Set<string>();
  let envFiles = named;
  const takeEnvFiles = () => {
    if (
      named.length === 0 &&
      !isDisabled(shell.COMPOSE_DISABLE_ENV_FILE ?? settings.COMPOSE_DISABLE_ENV_FILE)
    ) {
      const found = join(directory(), ".env");
      if (isThere(found) && !isDirectory(found)) envFiles = [found];
    }
    for (const [name, value] of Object.entries(readEnvFiles(envFiles, environment))) {
      if (!Object.hasOwn(environment, name)) setEntry(environment, name, value);
    }
    // Of files that are named together the last one counts.
    for (const file of envFiles.toReversed()) variableFiles.add(file);
  };

  takeEnvFiles();
  const { COMPOSE_FILE, COMPOSE_PATH_SEPARATOR } = environment;
  if (files.length === 0 && COMPOSE_FILE) {
    files = filesOfVariable(COMPOSE_FILE, COMPOSE_PATH_SEPARATOR, options.workingDirectory);
  }
  if (files.length === 0) files = findFiles(directory(), options.warn);
  takeEnvFiles();
  checkProjectName(options.projectName);
  return {
    files,
    projectDirectory: directory(),
    environment,
    shell,
    variableFiles: [...variableFiles],
    envFiles: named,
    profiles: profilesOf(options.profiles, environment.COMPOSE_PROFILES),
  };
}

function fullName(file: string, workingDirectory: string): string {
  refuseRemote(file);
  return file === "-" ? file : resolve(workingDirectory, file);
}

function shellVariables({ env, workingDirectory }: ProjectOptions): Record<string, string> {
  const set = Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return { PWD: workingDirectory, ...Object.fromEntries(set) };
}

function envFilesNamed(options: ProjectOptions, shell: Readonly<Record<string, string>>): string[] {
  const named =
    options.envFiles.length > 0
      ? options.envFiles
      : (shell.COMPOSE_ENV_FILES ?? "").split(",").filter((file) => file !== "");
  return named.map((file) => resolve(options.workingDirectory, file));
}

/** Where the first file is, or where the call is. */
function directoryOf(options: ProjectOptions, files: readonly string[]): string {
  if (options.projectDirectory !== "") return resolve(options.workingDirectory, options.projectDirectory);
  const first = files.find((file) => file !== "-");
  return first === undefined ? options.workingDirectory : dirname(first);
}

/**
 * What the first `.env` says about Compose itself counts as if the shell had said it. Mistakes in
 * the file are told when it is read for its own sake.
 */
function composeSettings(
  named: readonly string[],
  directory: string,
  shell: Readonly<Record<string, string>>,
): Record<string, string> {
  const found = join(directory, ".env");
  const files = named.length > 0 ? named : isThere(found) && !isDirectory(found) ? [found] : [];
  try {
    if (named.length === 0 && isDisabled(shell.COMPOSE_DISABLE_ENV_FILE)) return {};
    const entries = Object.entries(readEnvFiles(files, shell));
    return Object.fromEntries(entries.filter(([name]) => name.startsWith("COMPOSE_")));
  } catch {
    return {};
  }
}

function isDisabled(said: string | undefined): boolean {
  if (said === undefined) return false;
  if (/^(1|t|T|TRUE|true|True)$/.test(said)) return true;
  if (/^(0|f|F|FALSE|false|False)$/.test(said)) return false;
  throw invalidArgument(`strconv.ParseBool: parsing ${JSON.stringify(said)}: invalid syntax`);
}

function profilesOf(named: readonly string[], variable: string | undefined): readonly string[] {
  if (named.length > 0) return named;
  return (variable ?? "")
    .split(",")
    .map((profile) => profile.trim())
    .filter((profile) => profile !== "");
}
