import { internal } from "../errors/engine-error.ts";

export interface ToolRun {
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Each line the tool says, on either stream. */
  readonly onLine: (line: string) => void;
}

/** How long a tool that was asked to end may clean up after itself. */
const graceMs = 15_000;
const lastLines = 12;

/**
 * Runs a tool that works for long and mounts things: in a mount namespace of its own, so that
 * nothing stays mounted however it ends, and in a session of its own, so that Ctrl-C reaches it
 * once and from here. Resolves when it and all it started have ended well.
 */
export async function runTool(
  command: readonly string[],
  { environment, signal, onLine }: ToolRun,
): Promise<void> {
  signal.throwIfAborted();
  const wrapper = ["unshare", "--mount", "--propagation=private", "sh", "-c", 'umask 022; exec "$@"', "sh"];
  const child = Bun.spawn([...wrapper, ...command], {
    env: { ...environment },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    detached: true,
  });
  const said: string[] = [];
  const hear = (line: string) => {
    said.push(line);
    if (said.length > lastLines) said.shift();
    onLine(line);
  };
  const signalGroup = (name: "SIGTERM" | "SIGKILL") => {
    try {
      process.kill(-child.pid, name);
    } catch {
      // It has ended.
    }
  };
  let impatience: ReturnType<typeof setTimeout> | undefined;
  const stop = () => {
    signalGroup("SIGTERM");
    impatience = setTimeout(signalGroup, graceMs, "SIGKILL");
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    await Promise.all([eachLine(child.stdout, hear), eachLine(child.stderr, hear), child.exited]);
  } finally {
    signal.removeEventListener("abort", stop);
    clearTimeout(impatience);
    signalGroup("SIGKILL");
  }
  signal.throwIfAborted();
  if (child.exitCode === 0) return;
  const how = child.signalCode ?? `exit code ${child.exitCode}`;
  throw internal(`${command[0]} failed (${how}):\n${said.join("\n")}`);
}

async function eachLine(stream: ReadableStream<Uint8Array>, use: (line: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of stream) {
    // Progress bars go back to the front of their line.
    const lines = (rest + decoder.decode(bytes, { stream: true })).split(/[\r\n]+/);
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") use(line.trimEnd());
  }
  if (rest.trim() !== "") use(rest.trimEnd());
}
