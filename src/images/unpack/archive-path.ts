import { invalidArgument } from "../../errors/engine-error.ts";

/** Longer paths than the kernel takes are refused before anything is made. */
const maxPath = 4096;

/**
 * A path of an archive as names below the root: absolute paths start at the root, `.` and
 * inner `..` are resolved by name. What would climb above the root is an error, not clipped:
 * an honest archive does not contain it. `[]` is the root itself.
 */
export function archivePath(path: string): string[] {
  if (path.includes("\0")) throw invalidArgument(`invalid path in archive: ${JSON.stringify(path)}`);
  if (path.length > maxPath) throw invalidArgument(`path in archive is too long: ${path.slice(0, 80)}…`);
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined)
      throw invalidArgument(`invalid path in archive: ${JSON.stringify(path)} is outside of its directory`);
  }
  return parts;
}

export type Whiteout = { kind: "opaque" } | { kind: "hide"; name: string } | { kind: "ignore" };

/** What a layer's `.wh.` name means; undefined for ordinary names. */
export function whiteoutOf(name: string): Whiteout | undefined {
  if (!name.startsWith(".wh.")) return undefined;
  if (name === ".wh..wh..opq") return { kind: "opaque" };
  // Bookkeeping of AUFS that old layers contain.
  if (name.startsWith(".wh..wh.")) return { kind: "ignore" };
  const hidden = name.slice(4);
  if (hidden === "" || hidden === "." || hidden === "..")
    throw invalidArgument(`invalid whiteout in archive: ${JSON.stringify(name)}`);
  return { kind: "hide", name: hidden };
}
