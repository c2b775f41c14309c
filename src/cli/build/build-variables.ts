import type { ConfigFile } from "../config/config-file.ts";
import { addProxies } from "../flags/container/proxies.ts";

/** `--build-arg A=1`; a bare `A` takes this program's own variable, and is left out where there is none. */
export function buildVariables(
  words: readonly string[],
  env: NodeJS.ProcessEnv,
  config: ConfigFile,
  engineHost: string,
): Record<string, string> {
  const variables = new Map<string, string | undefined>();
  for (const word of words) {
    const at = word.indexOf("=");
    const name = at < 0 ? word : word.slice(0, at);
    variables.set(name, at < 0 ? env[name] : word.slice(at + 1));
  }
  addProxies(variables, config.proxies, engineHost);
  return Object.fromEntries(
    [...variables].filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** `key=value`, or a key alone. */
export function labelMap(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf("=");
      return at < 0 ? [word, ""] : [word.slice(0, at), word.slice(at + 1)];
    }),
  );
}
