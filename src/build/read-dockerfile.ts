import { invalidArgument } from "../errors/engine-error.ts";
import { parseIgnoreFile } from "../lib/ignore-file.ts";
import { readInRoot } from "../sys/in-root.ts";
import type { BuildRequest, ContextSource } from "./build-request.ts";
import type { SourceFile } from "./dockerfile/source.ts";

export interface BuildDefinition {
  readonly file: SourceFile;
  /** What stays out of the main context, in order. */
  readonly ignore: readonly string[];
}

/**
 * The Dockerfile and the ignore file that goes with it: `<Dockerfile>.dockerignore` beside it, else
 * `.dockerignore`. The context belongs to the user: its links lead nowhere outside of it.
 */
export function readDefinition(
  dockerfile: BuildRequest["dockerfile"],
  context: ContextSource,
): BuildDefinition {
  const root = context.kind === "directory" ? context.path : undefined;
  const read = (path: string) => (root === undefined ? undefined : readInRoot(root, path)?.toString("utf8"));
  const own = "inContext" in dockerfile ? dockerfile.inContext : dockerfile.name;
  const ignoreText = read(`${own}.dockerignore`) ?? read(".dockerignore");
  const ignore = ignoreText === undefined ? [] : parseIgnoreFile(ignoreText).rules.map(({ text }) => text);
  if (!("inContext" in dockerfile)) return { file: dockerfile, ignore };
  const text = read(dockerfile.inContext) ?? otherCase(dockerfile.inContext, read);
  if (text === undefined)
    throw invalidArgument(`Cannot locate specified Dockerfile: ${dockerfile.inContext}`);
  return { file: { name: dockerfile.inContext, text }, ignore };
}

/** Docker takes `dockerfile` where there is no `Dockerfile`. */
function otherCase(name: string, read: (path: string) => string | undefined): string | undefined {
  return name === "Dockerfile" ? read("dockerfile") : undefined;
}
