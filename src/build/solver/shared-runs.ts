import { cancelled } from "../../errors/engine-error.ts";
import type { StepProgress, StepScope } from "./op.ts";

type Said =
  | { readonly kind: "output"; readonly stream: 1 | 2; readonly bytes: Uint8Array }
  | { readonly kind: "progress"; readonly progress: StepProgress };

interface Run<T> {
  readonly result: Promise<T>;
  readonly abort: AbortController;
  readonly leader: AbortSignal;
  readonly listeners: Set<StepScope>;
  /** For who joins later; the oldest goes when it grows too long. */
  readonly said: Said[];
  saidBytes: number;
}

const mostReplayed = 1024 * 1024;

/**
 * Work under way, by key. Who asks for what runs already listens along, hears what was said so
 * far, and gets the same result. It ends early only when the last listener leaves.
 */
export class SharedRuns<T> {
  readonly #runs = new Map<string, Run<T>>();

  has(key: string): boolean {
    return this.#runs.has(key);
  }

  /** `work` belongs to whoever comes first; should that one leave and the work fail by it, the next does its own. */
  async join(key: string, scope: StepScope, work: (scope: StepScope) => Promise<T>): Promise<T> {
    for (;;) {
      if (scope.signal.aborted) throw cancelled("the step was cancelled", scope.signal.reason);
      const known = this.#runs.get(key);
      const run = known ?? this.#start(key, scope.signal, work);
      if (known) replay(known, scope);
      run.listeners.add(scope);
      try {
        return await this.#wait(run, scope);
      } catch (error) {
        if (scope.signal.aborted || !known || !run.leader.aborted) throw error;
      } finally {
        run.listeners.delete(scope);
      }
    }
  }

  #start(key: string, leader: AbortSignal, work: (scope: StepScope) => Promise<T>): Run<T> {
    const abort = new AbortController();
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    promise.catch(() => {});
    const run: Run<T> = { result: promise, abort, leader, listeners: new Set(), said: [], saidBytes: 0 };
    this.#runs.set(key, run);
    const scope: StepScope = {
      signal: abort.signal,
      onOutput: (stream, bytes) => {
        tell(run, { kind: "output", stream, bytes });
        for (const listener of run.listeners) listener.onOutput(stream, bytes);
      },
      onProgress: (progress) => {
        tell(run, { kind: "progress", progress });
        for (const listener of run.listeners) listener.onProgress(progress);
      },
    };
    const end = () => void (this.#runs.get(key) === run && this.#runs.delete(key));
    work(scope).then(
      (value) => {
        end();
        resolve(value);
      },
      (error) => {
        end();
        reject(error);
      },
    );
    return run;
  }

  /** The last one to leave waits until the work has really stopped. */
  async #wait(run: Run<T>, scope: StepScope): Promise<T> {
    const { signal } = scope;
    const left = Promise.withResolvers<never>();
    left.promise.catch(() => {});
    const leave = () => {
      run.listeners.delete(scope);
      if (run.listeners.size > 0) left.reject(cancelled("the step was cancelled", signal.reason));
      else run.abort.abort(signal.reason);
    };
    signal.addEventListener("abort", leave, { once: true });
    try {
      return await Promise.race([run.result, left.promise]);
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }
}

function tell(run: Run<unknown>, said: Said): void {
  run.said.push(said);
  run.saidBytes += said.kind === "output" ? said.bytes.length : 64;
  while (run.saidBytes > mostReplayed) {
    const oldest = run.said.shift();
    if (!oldest) return;
    run.saidBytes -= oldest.kind === "output" ? oldest.bytes.length : 64;
  }
}

function replay(run: Run<unknown>, scope: StepScope): void {
  for (const said of run.said) {
    if (said.kind === "output") scope.onOutput(said.stream, said.bytes);
    else scope.onProgress(said.progress);
  }
}
