import { closeSync, constants, openSync } from "node:fs";
import { join } from "node:path";

/**
 * Programs look for `/.dockerenv` to learn that they run in a container. O_EXCL does not
 * follow a link, so an image cannot have the engine make a file elsewhere.
 */
export function markAsContainer(root: string): void {
  const { O_CREAT, O_EXCL, O_WRONLY } = constants;
  try {
    closeSync(openSync(join(root, ".dockerenv"), O_CREAT | O_EXCL | O_WRONLY, 0o755));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}
