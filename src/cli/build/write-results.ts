import { writeFileSync } from "node:fs";
import { invalidArgument, messageOf } from "../../errors/engine-error.ts";
import type { BuildFlags } from "./build-flags.ts";

type Results = Pick<BuildFlags, "iidfile" | "metadata-file">;

/** `--iidfile` and `--metadata-file`. */
export function writeResults(
  flags: Results,
  image: string | undefined,
  metadata: Readonly<Record<string, unknown>>,
): void {
  if (flags.iidfile !== "" && image !== undefined) write(flags.iidfile, image);
  if (flags["metadata-file"] !== "") {
    write(flags["metadata-file"], `${JSON.stringify(metadata, undefined, 2)}\n`);
  }
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text, { mode: 0o644 });
  } catch (error) {
    throw invalidArgument(`cannot write ${JSON.stringify(path)}: ${messageOf(error)}`, error);
  }
}
