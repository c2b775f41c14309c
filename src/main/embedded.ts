import { readFileSync } from "node:fs";
import { join } from "node:path";
import shimFile from "../../dist/hull-shim" with { type: "file" };
import { installProgram } from "./install-program.ts";

/**
 * Puts the shim that travels inside the executable where the kernel can run it, and gives
 * its path. It lives below the data root because /run is mounted noexec on many systems.
 */
export function extractShim(dataRoot: string): string {
  return installProgram(join(dataRoot, "bin"), "hull-shim", readFileSync(shimFile));
}
