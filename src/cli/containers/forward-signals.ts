import type { EngineClient } from "../../client/engine-client.ts";

/** What people and programs send on purpose; the others are of the machine or cannot be caught. */
const forwarded = [
  ...(["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR1", "SIGUSR2"] as const),
  ...(["SIGALRM", "SIGCONT", "SIGTSTP", "SIGWINCH"] as const),
];

/**
 * Signals to this program go to the container's process until disposed. Those that come
 * before there is one wait for it.
 */
export class SignalForwarder implements Disposable {
  readonly #engine: EngineClient;
  readonly #handlers = forwarded.map((name) => [name, () => this.#send(name)] as const);
  #container: string | undefined;
  #waiting: NodeJS.Signals[] = [];

  constructor(engine: EngineClient) {
    this.#engine = engine;
    for (const [name, handler] of this.#handlers) process.on(name, handler);
  }

  /** The process is there. */
  started(container: string): void {
    this.#container = container;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const signal of waiting) this.#send(signal);
  }

  #send(signal: NodeJS.Signals): void {
    if (this.#container === undefined) {
      if (signal !== "SIGWINCH") this.#waiting.push(signal);
      return;
    }
    // A process that has just ended needs no signal any more.
    this.#engine
      .call("ContainerKill", { params: { id: this.#container }, query: { signal: signal.slice(3) } })
      .catch(() => {});
  }

  [Symbol.dispose](): void {
    for (const [name, handler] of this.#handlers) process.off(name, handler);
  }
}
