import type { ConfigFile } from "./config-file.ts";

/** Of `config.json`; empty for the usual ones. */
export function detachKeysOf({ detachKeys }: ConfigFile, given = ""): string {
  return given || (typeof detachKeys === "string" ? detachKeys : "");
}
