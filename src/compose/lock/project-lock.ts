import { type EngineAddress, formatAddress } from "../../client/engine-address.ts";

/** So long somebody waits; then it goes on without: engines keep names unique, this only saves work. */
const patience = 120_000;

export interface LockOptions {
  readonly signal: AbortSignal;
  /** Called once when somebody else has it. */
  onWait(): void;
}

/**
 * Keeps two runs on one project of one engine from changing it at the same time, as long as both
 * are on this machine. The lock is a socket in the abstract namespace: it has no file that could be
 * left behind, the kernel drops it with the process, however that ends, and who waits is told by
 * the end of a connection. Others, on other machines or of another program, are met by what the
 * engine refuses: see `converge`.
 */
export async function lockProject(
  engine: EngineAddress,
  project: string,
  { signal, onWait }: LockOptions,
): Promise<Disposable> {
  const name = lockName(engine, project);
  const end = performance.now() + patience;
  let waited = false;
  while (!signal.aborted && performance.now() < end) {
    const lock = take(name);
    if (lock) return lock;
    if (!waited) onWait();
    waited = true;
    await released(name, signal, end - performance.now());
  }
  signal.throwIfAborted();
  return { [Symbol.dispose]: () => {} };
}

/** Another user's calls are not ours to wait for. */
function lockName(engine: EngineAddress, project: string): string {
  const key = JSON.stringify([process.getuid?.() ?? "", formatAddress(engine), project]);
  return `\0hull-compose-${new Bun.CryptoHasher("sha256").update(key).digest("hex")}`;
}

function take(unix: string): Disposable | undefined {
  try {
    const listener = Bun.listen({ unix, socket: { data: () => {} } });
    return { [Symbol.dispose]: () => listener.stop(true) };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") return undefined;
    throw error;
  }
}

/** Settles when whoever has it lets go, or sooner: then it is asked again. */
async function released(unix: string, signal: AbortSignal, patience: number): Promise<void> {
  if (signal.aborted) return;
  const over = Promise.withResolvers<void>();
  const timer = setTimeout(over.resolve, patience);
  const done = () => over.resolve();
  signal.addEventListener("abort", done, { once: true });
  try {
    const socket = await Bun.connect({
      unix,
      socket: { data: () => {}, close: done, error: done, end: done },
    });
    await over.promise;
    socket.terminate();
  } catch {
    // It was let go between the two calls. A moment, in case somebody is just beginning or ending.
    await Bun.sleep(2);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", done);
  }
}
