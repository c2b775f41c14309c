import { destinationArguments, type SshDestination } from "./ssh-destination.ts";

export type SshProcess = Bun.Subprocess<"pipe", "pipe", "pipe">;

/** The system's ssh: it knows keys, agents, jump hosts and `~/.ssh/config`, and asks on the terminal. */
export function spawnSsh(
  destination: SshDestination,
  options: readonly string[],
  command: string | undefined,
): SshProcess {
  return Bun.spawn(
    [
      "ssh",
      "-o",
      "ConnectTimeout=30",
      ...options,
      "-T",
      ...destinationArguments(destination),
      ...(command === undefined ? [] : [command]),
    ],
    // Ctrl-C reaches it through us: a forward that ends must still say goodbye.
    { stdin: "pipe", stdout: "pipe", stderr: "pipe" },
  );
}

/** Whether the user's own configuration shares connections already; then it is left alone. */
export async function sharesConnections(destination: SshDestination): Promise<boolean> {
  const asked = Bun.spawn(["ssh", "-G", ...destinationArguments(destination)], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
  });
  const [text] = await Promise.all([asked.stdout.text(), asked.exited]);
  return /^controlpath (?!none$)/m.test(text);
}

/** The last thing ssh said, without what it says about sharing connections and host keys it learned. */
export function lastWords(stderr: string): string {
  const lines = stderr
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(
      (line) =>
        line !== "" && !/^(mux_client|ControlSocket|Warning: Permanently added|@+$|debug\d)/.test(line),
    );
  return (lines.at(-1) ?? "").replace(/\.$/, "");
}
