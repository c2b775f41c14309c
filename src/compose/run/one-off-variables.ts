import { readEnvFiles } from "../load/options/env-files.ts";

/**
 * Variables of `run -e NAME[=value]` and `--env-from-file`; the first of the two wins. A name alone has
 * the project's value, null where there is none.
 */
export function oneOffVariables(
  given: readonly string[],
  files: readonly string[],
  project: Readonly<Record<string, string>>,
): Readonly<Record<string, string | null>> {
  const own = Object.fromEntries(
    given.map((text): [string, string | null] => {
      const at = text.indexOf("=");
      return at < 0 ? [text, project[text] ?? null] : [text.slice(0, at), text.slice(at + 1)];
    }),
  );
  const known = Object.entries(own).filter((entry): entry is [string, string] => entry[1] !== null);
  return { ...readEnvFiles(files, Object.fromEntries(known)), ...own };
}
