import { isKind, notFound } from "../../errors/engine-error.ts";
import { realPathInRoot } from "../../sys/rooted-path.ts";
import { findPaths } from "./find-paths.ts";

/** One file or directory that a source of COPY leads to. */
export interface FoundSource {
  /** Where it is below the root after all links: `""` is the root. */
  readonly real: string;
  /** As it was asked for, wildcards filled in. */
  readonly path: string;
  /** With `parents`: its name below the place that `/./` marks. */
  readonly below: string;
}

/** What the paths of a COPY lead to in a tree, in their order; a name that is not there throws. */
export function findSources(
  root: number,
  paths: readonly string[],
  options: { readonly parents: boolean; readonly isContext: boolean },
): FoundSource[] {
  return paths.flatMap((written) => {
    const pivot = options.parents ? written.indexOf("/./") : -1;
    const [front, rest] = pivot < 0 ? ["", written] : [written.slice(0, pivot), written.slice(pivot + 3)];
    const found = findPaths(root, pivot < 0 ? rest : `${front}/${rest}`, { deep: options.parents });
    if (!found) throw missing(written, options.isContext);
    const depth = front.split("/").filter((part) => part !== "" && part !== ".").length;
    return found.map((path) => ({
      path,
      below: path.split("/").slice(depth).join("/"),
      real: realPath(root, path, options.isContext),
    }));
  });
}

function realPath(root: number, path: string, isContext: boolean): string {
  try {
    return realPathInRoot(root, path === "" ? "/" : path).slice(1);
  } catch (error) {
    // A link that leads nowhere, met by a wildcard.
    if (isKind(error, "not_found")) throw missing(path, isContext);
    throw error;
  }
}

function missing(path: string, isContext: boolean): Error {
  const name = path.replace(/^\/+/, "");
  const where = isContext ? "file not found in build context or excluded by .dockerignore: " : "";
  return notFound(`COPY failed: ${where}stat ${name}: file does not exist`);
}
