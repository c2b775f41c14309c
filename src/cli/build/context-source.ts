import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, isAbsolute, join, relative, resolve } from "node:path";
import { invalidArgument, messageOf } from "../../errors/engine-error.ts";
import { type IgnoreMatcher, parseIgnoreFile } from "../../lib/ignore-file.ts";

/** What a build is made of, as the words of its command line say. */
export type BuildSource =
  /** `-`: an archive, or a Dockerfile alone. */
  | { readonly kind: "stdin" }
  | { readonly kind: "remote"; readonly url: string; readonly dockerfile: string }
  | LocalSource;

export interface LocalSource {
  readonly kind: "directory";
  readonly root: string;
  readonly dockerfile: LocalDockerfile;
  readonly ignore: IgnoreMatcher;
  /** The file its rules are in, for people; undefined where there is none. */
  readonly ignoreFile: string | undefined;
}

export interface LocalDockerfile {
  /** As people know it. */
  readonly name: string;
  /** Below the context, with slashes; undefined when it lies elsewhere or comes from standard input. */
  readonly inContext: string | undefined;
  readonly text: string;
}

/** `file` is what -f says, empty for the usual name; `readStdin` is called for `-f -`. */
export async function buildSource(
  place: string,
  file: string,
  readStdin: () => Promise<string>,
): Promise<BuildSource> {
  if (place === "-") {
    if (file === "-")
      throw invalidArgument("invalid argument: can't use stdin for both build context and dockerfile");
    return { kind: "stdin" };
  }
  if (isRemote(place)) return { kind: "remote", url: place, dockerfile: file };
  const root = directoryOf(place);
  const dockerfile = await findDockerfile(root, file, readStdin);
  const ignoreFile = findIgnoreFile(root, dockerfile, file);
  const ignore = parseIgnoreFile(ignoreFile === undefined ? "" : readFileSync(ignoreFile, "utf8"));
  return { kind: "directory", root, dockerfile, ignore, ignoreFile };
}

export function isRemote(place: string): boolean {
  if (/^(https?|git|ssh):\/\//.test(place) || place.startsWith("git@")) return true;
  return place.startsWith("github.com/") && !existsSync(place);
}

function directoryOf(place: string): string {
  const found = statSync(place, { throwIfNoEntry: false });
  if (!found) {
    throw invalidArgument(`unable to prepare context: path ${JSON.stringify(place)} not found`);
  }
  if (!found.isDirectory()) {
    throw invalidArgument(`unable to prepare context: context must be a directory: ${place}`);
  }
  return realpathSync(place);
}

async function findDockerfile(
  root: string,
  file: string,
  readStdin: () => Promise<string>,
): Promise<LocalDockerfile> {
  if (file === "-") return { name: "-", inContext: undefined, text: await readStdin() };
  const path = file === "" ? usualDockerfile(root) : resolve(file);
  const real = existsSync(path) ? realpathSync(path) : path;
  const below = relative(root, real);
  const inside = below !== "" && !below.startsWith("..") && !isAbsolute(below);
  const name = file === "" ? basename(path) : file;
  try {
    return { name, inContext: inside ? below : undefined, text: readFileSync(real, "utf8") };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      throw invalidArgument(
        `unable to prepare context: unable to evaluate symlinks in Dockerfile path: lstat ${path}: no such file or directory`,
      );
    }
    throw invalidArgument(
      `unable to prepare context: cannot read the Dockerfile: ${messageOf(error)}`,
      error,
    );
  }
}

/** Docker takes the lower case name where the usual one is missing. */
function usualDockerfile(root: string): string {
  const usual = join(root, "Dockerfile");
  const lower = join(root, "dockerfile");
  return !existsSync(usual) && existsSync(lower) ? lower : usual;
}

/** One beside the Dockerfile counts more than that of the context. */
function findIgnoreFile(root: string, dockerfile: LocalDockerfile, file: string): string | undefined {
  const own =
    dockerfile.name === "-"
      ? undefined
      : `${dockerfile.inContext === undefined ? resolve(file) : join(root, dockerfile.inContext)}.dockerignore`;
  return [own, join(root, ".dockerignore")].find((path) => path !== undefined && existsSync(path));
}
