/** Docker Hub under the name `docker login` gives it. */
export const hubServer = "https://index.docker.io/v1/";

/** The key of a server in config.json: Docker Hub's old address, or a host with its port. */
export function serverKey(server: string): string {
  const isHub = ["", "docker.io", "index.docker.io", hubServer].includes(server);
  return isHub ? hubServer : hostOf(server);
}

/** Older files have whole addresses for keys. */
export function hostOf(key: string): string {
  return (
    key
      .trim()
      .replace(/^https?:\/\//, "")
      .split("/")[0] ?? ""
  ).trim();
}
