import type { ComposeContext } from "../../../compose/compose-context.ts";
import type { Project } from "../../../compose/model/project.ts";
import type { WatchOptions } from "../../../compose/watch/watch-project.ts";
import { EngineError, messageOf } from "../../../errors/engine-error.ts";

/** `develop.watch` beside an attached `up`: switched on and off while it goes on. */
export class WatchToggle {
  readonly #context: ComposeContext;
  readonly #project: Project;
  readonly #options: WatchOptions;
  #gone: AbortController | undefined;
  #watching: Promise<void> = Promise.resolve();

  constructor(context: ComposeContext, project: Project, options: WatchOptions) {
    this.#context = context;
    this.#project = project;
    this.#options = options;
  }

  get isOn(): boolean {
    return this.#gone !== undefined;
  }

  start(): void {
    this.#gone ??= this.#begin();
  }

  /** What is being done is done to its end. */
  async stop(): Promise<void> {
    this.#gone?.abort();
    this.#gone = undefined;
    await this.#watching;
  }

  #begin(): AbortController {
    const gone = new AbortController();
    const before = this.#watching;
    this.#watching = this.#watch(before, gone).catch((error) => {
      if (!(error instanceof EngineError)) throw error;
      this.#options.say(messageOf(error));
      if (this.#gone === gone) this.#gone = undefined;
    });
    return gone;
  }

  async #watch(before: Promise<void>, { signal }: AbortController): Promise<void> {
    await before;
    const { watchProject } = await import("../../../compose/watch/watch-project.ts");
    await watchProject({ ...this.#context, signal }, this.#project, this.#options);
  }
}
