import { fileURLToPath } from "node:url";

/** How this program is started once more: the executable by itself, from sources with Bun in front. */
export const ownProgram: readonly string[] = import.meta.url.startsWith("file:///$bunfs/")
  ? [process.execPath]
  : [process.execPath, fileURLToPath(new URL("hull.ts", import.meta.url))];
