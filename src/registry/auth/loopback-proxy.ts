const own = ["localhost", "127.0.0.1", "::1"];

/**
 * Nobody means a proxy for this machine's own addresses, and Docker never asks one; Bun does
 * unless NO_PROXY names them. Once per process, before the first request.
 */
export function keepLoopbackOffProxies(env: Record<string, string | undefined> = process.env): void {
  if (!["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"].some((name) => env[name])) return;
  for (const name of ["NO_PROXY", "no_proxy"]) {
    const value = env[name] ?? "";
    if (value === "" && name === "no_proxy") continue;
    const present = value.split(",").map((entry) => entry.trim());
    env[name] = [...present.filter(Boolean), ...own.filter((entry) => !present.includes(entry))].join(",");
  }
}
