import type { ConfigFile, ProxyConfig } from "./config-file.ts";

const variables: readonly (readonly [keyof ProxyConfig, string])[] = [
  ["httpProxy", "HTTP_PROXY"],
  ["httpsProxy", "HTTPS_PROXY"],
  ["noProxy", "NO_PROXY"],
  ["ftpProxy", "FTP_PROXY"],
  ["allProxy", "ALL_PROXY"],
];

/**
 * Variables that new containers and builds get from `proxies` of config.json, in both spellings:
 * those of this engine's address, or of "default". What the user sets wins; that is up to the caller.
 */
export function proxyVariables({ proxies = {} }: ConfigFile, engineHost: string): Record<string, string> {
  const chosen = proxies[engineHost] ?? proxies.default ?? {};
  return Object.fromEntries(
    variables.flatMap(([key, name]) => {
      const value = chosen[key];
      return value ? [name, name.toLowerCase()].map((spelled) => [spelled, value]) : [];
    }),
  );
}
