import { cancelled } from "../../errors/engine-error.ts";
import { isTransient, RegistryRefusal } from "./registry-refusal.ts";

export interface RetryPolicy {
  /** All tries together, the first one too. */
  readonly attempts: number;
  /** Before the second try; each further pause is `growth` times as long, twice when not given. */
  readonly pauseMs: number;
  readonly growth?: number;
  readonly longestPauseMs: number;
}

export const usualRetries: RetryPolicy = { attempts: 5, pauseMs: 500, longestPauseMs: 30_000 };

/** A connection that broke is gone on with at once; a registry that restarts gets 40 seconds. */
export const downloadRetries: RetryPolicy = { ...usualRetries, growth: 4 };

/** Runs `work` until it succeeds, fails for good, or has been tried often enough. */
export async function retrying<T>(
  policy: RetryPolicy,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  for (let failed = 1; ; failed++) {
    try {
      return await work();
    } catch (error) {
      if (failed >= policy.attempts || signal.aborted || !isTransient(error)) throw error;
      await pause(pauseAfter(error, failed, policy), signal);
    }
  }
}

/** What the server asked for, else ever longer; a little chance keeps many clients apart. */
export function pauseAfter(error: unknown, failed: number, policy: RetryPolicy): number {
  const asked = error instanceof RegistryRefusal ? error.retryAfterMs : undefined;
  const doubled = policy.pauseMs * (policy.growth ?? 2) ** (failed - 1) * (0.75 + Math.random() / 2);
  return Math.min(asked ?? doubled, policy.longestPauseMs);
}

export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const leave = () => reject(cancelled("context canceled", signal.reason));
  if (signal.aborted) leave();
  const timer = setTimeout(resolve, milliseconds);
  signal.addEventListener("abort", leave, { once: true });
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", leave);
  }
}
