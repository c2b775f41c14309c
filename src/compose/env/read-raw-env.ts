import type { Lookup } from "../interpolate/substitute.ts";
import { ComposeFileError } from "../load/compose-error.ts";
import type { SourceText } from "../yaml/source-text.ts";
import type { EnvEntry } from "./env-entry.ts";

/**
 * Reads `env_file` with `format: raw`, as `docker run --env-file` does: `NAME=value` with everything
 * behind the sign as it is; a name alone takes its value from `lookup`. Throws a ComposeFileError.
 */
export function readRawEnv(source: SourceText, entries: Map<string, EnvEntry>, lookup: Lookup): void {
  let offset = 0;
  for (const written of source.text.split("\n")) {
    const start = offset;
    offset += written.length + 1;
    const unmarked = start === 0 ? written.replace(/^\uFEFF/, "") : written;
    const line = unmarked.replace(/\r$/, "").replace(/^[\s\u0085]+/, "");
    if (line === "" || line.startsWith("#")) continue;
    const sign = line.indexOf("=");
    const name = sign < 0 ? line : line.slice(0, sign);
    const at = start + written.indexOf(line);
    if (name === "") throw fault(source, at, `no variable name on line '${line}'`);
    if (/[ \t]/.test(name)) throw fault(source, at, `variable '${name}' contains whitespaces`);
    const value = sign < 0 ? lookup(name) : line.slice(sign + 1);
    if (value !== undefined) entries.set(name, { value, place: source.placeAt(at) });
  }
}

function fault(source: SourceText, at: number, message: string): ComposeFileError {
  return new ComposeFileError([{ place: source.placeAt(at), path: "", message }]);
}
