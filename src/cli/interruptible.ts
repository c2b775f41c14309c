import { constants } from "node:os";

/**
 * Work that Ctrl-C ends in good order: the signal is aborted, the engine hears of it, and the
 * exit code is that of a program ended so. A second Ctrl-C ends it at once.
 */
export async function interruptible(work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const gone = new AbortController();
  let code: number | undefined;
  const stop = (name: "SIGINT" | "SIGTERM") => () => {
    code ??= 128 + constants.signals[name];
    gone.abort();
  };
  const handlers = [
    ["SIGINT", stop("SIGINT")],
    ["SIGTERM", stop("SIGTERM")],
  ] as const;
  for (const [name, handler] of handlers) process.once(name, handler);
  try {
    const done = await work(gone.signal);
    return code ?? done;
  } catch (error) {
    if (code !== undefined) return code;
    throw error;
  } finally {
    for (const [name, handler] of handlers) process.off(name, handler);
  }
}
