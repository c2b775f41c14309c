/** The HTTP proxy apt on this machine goes through, if it is configured with one. */
export function aptProxy(): string | undefined {
  if (!Bun.which("apt-config")) return undefined;
  const asked = Bun.spawnSync(["apt-config", "shell", "PROXY", "Acquire::http::Proxy"], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
  });
  const found = /^PROXY='([^']+)'/m.exec(asked.stdout.toString())?.[1];
  return found === undefined || found === "DIRECT" ? undefined : found;
}
