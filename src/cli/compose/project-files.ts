import { lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { FileContent, Sources } from "../../compose/kubernetes/conversion.ts";

/** What a ConfigMap may hold in all is a megabyte; a little is left for the rest of it. */
const mostBytes = 900 * 1024;
const mostFiles = 64;

/** The files of this machine that a conversion takes along. */
export const projectFiles: Sources = {
  read(path): FileContent | undefined {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) return undefined;
    if (found.isFile()) {
      return found.size > mostBytes ? { kind: "other" } : { kind: "file", bytes: readFileSync(path) };
    }
    return found.isDirectory() ? { kind: "folder", files: plainFiles(path) } : { kind: "other" };
  },
};

/** All or none: half a directory would be worse than a path that is plainly missing. */
function plainFiles(path: string): Readonly<Record<string, Uint8Array>> | undefined {
  const names = readdirSync(path);
  if (names.length === 0 || names.length > mostFiles) return undefined;
  const files: Record<string, Uint8Array> = {};
  let total = 0;
  for (const name of names) {
    const found = lstatSync(join(path, name), { throwIfNoEntry: false });
    if (!found?.isFile()) return undefined;
    total += found.size;
    if (total > mostBytes) return undefined;
    files[name] = readFileSync(join(path, name));
  }
  return files;
}
