/** Waits for Ctrl-C, SIGTERM, a closed terminal, or the signal given. */
export async function untilStopped(signal: AbortSignal): Promise<void> {
  const stopped = Promise.withResolvers<void>();
  const stop = () => stopped.resolve();
  const names = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const name of names) process.once(name, stop);
  signal.addEventListener("abort", stop, { once: true });
  // A pending promise alone does not keep the program alive.
  const alive = setInterval(() => {}, 1 << 30);
  try {
    if (!signal.aborted) await stopped.promise;
  } finally {
    clearInterval(alive);
    signal.removeEventListener("abort", stop);
    for (const name of names) process.off(name, stop);
  }
}
