import { posix, resolve } from "node:path";

/** One side of `cp`: `CONTAINER:PATH`, or a path here. `./a:b` and `/a:b` are paths. */
export interface CopyArgument {
  readonly container: string;
  readonly path: string;
}

export function parseCopyArgument(text: string): CopyArgument {
  const colon = text.indexOf(":");
  if (text.startsWith("/") || colon < 0 || text.startsWith(".")) return { container: "", path: text };
  return { container: text.slice(0, colon), path: text.slice(colon + 1) };
}

/** Absolute, but `a/` stays a directory and `a/.` its content. */
export function wholePath(path: string): string {
  return keepEnd(resolve(path), path);
}

function keepEnd(clean: string, original: string): string {
  const contents = /(^|\/)\.$/.test(original);
  if (contents && !/(^|\/)\.$/.test(clean)) return `${clean.replace(/\/$/, "")}/.`;
  return original.endsWith("/") && !clean.endsWith("/") ? `${clean}/` : clean;
}

/** It must become a directory, or be one. */
export function isMeantAsDirectory(path: string): boolean {
  return path.endsWith("/") || /(^|\/)\.$/.test(path);
}

/** Directory and name; the name of `a/.` is `.`, that of `a/` is `a`. */
export function splitPath(path: string): { directory: string; name: string } {
  const clean = posix.normalize(path.replace(/(?<=.)\/+$/, "")) || "/";
  if (/(^|\/)\.$/.test(path)) return { directory: clean, name: "." };
  const slash = clean.lastIndexOf("/");
  if (slash < 0) return { directory: "", name: clean };
  return { directory: clean.slice(0, slash + 1), name: clean.slice(slash + 1) };
}
