import { internal } from "../errors/engine-error.ts";

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end. */
export async function runCommand(
  command: readonly string[],
  options: {
    readonly cwd?: string;
    readonly stdin?: string;
    readonly timeoutMs?: number;
    /** Instead of this process's own. */
    readonly environment?: Readonly<Record<string, string>>;
    readonly signal?: AbortSignal;
  } = {},
): Promise<CommandResult> {
  const child = Bun.spawn([...command], {
    ...(options.environment && { env: { ...options.environment } }),
    ...(options.signal && { signal: options.signal }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdin: options.stdin === undefined ? "ignore" : new Blob([options.stdin]),
    stdout: "pipe",
    stderr: "pipe",
    timeout: options.timeoutMs ?? 60_000,
    killSignal: "SIGKILL",
  });
  const [stdout, stderr, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, stdout, stderr };
}

/**
 * Starts a process that outlives this one: a session of its own, none of our descriptors.
 * Resolves with the first line it prints; rejects with what it said when it ends before.
 */
export async function spawnOutliving(
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<{ pid: number; firstLine: string }> {
  const child = Bun.spawn([...command], {
    env: { ...environment },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    detached: true,
  });
  child.unref();
  const reader = child.stdout.getReader();
  const decoder = new TextDecoder();
  let text = "";
  try {
    while (!text.includes("\n")) {
      const { value, done } = await reader.read();
      if (done) throw internal(await lastWords(child.stderr, command[0] ?? ""));
      text += decoder.decode(value, { stream: true });
    }
  } finally {
    await reader.cancel().catch(() => undefined);
    await child.stderr.cancel().catch(() => undefined);
  }
  return { pid: child.pid, firstLine: text.slice(0, text.indexOf("\n")) };
}

async function lastWords(stderr: ReadableStream<Uint8Array>, program: string): Promise<string> {
  const text = (await new Response(stderr).text()).trim();
  return text === "" ? `${program} ended before it was ready` : text;
}
