/** What config.json says about proxies: for one engine by its address, or `default`. */
const settings = {
  httpProxy: "HTTP_PROXY",
  httpsProxy: "HTTPS_PROXY",
  ftpProxy: "FTP_PROXY",
  noProxy: "NO_PROXY",
  allProxy: "ALL_PROXY",
} as const;

/** Variables a container gets so that it finds the proxy, in both spellings; those given otherwise stay. */
export function addProxies(
  variables: Map<string, string | undefined>,
  proxies: unknown,
  engineHost: string,
): void {
  const found = recordIn(recordIn(proxies)?.[engineHost]) ?? recordIn(recordIn(proxies)?.default);
  for (const [key, name] of Object.entries(settings)) {
    const value = found?.[key];
    if (typeof value !== "string" || value === "") continue;
    for (const spelled of [name, name.toLowerCase()]) {
      if (!variables.has(spelled)) variables.set(spelled, value);
    }
  }
}

function recordIn(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
}
