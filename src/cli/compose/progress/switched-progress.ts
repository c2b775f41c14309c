import type { Report } from "../../../compose/task.ts";
import type { ComposeProgress } from "./open-progress.ts";

/** One progress for a whole command, though what shows it changes: an `up` that attaches goes on in lines. */
export class SwitchedProgress implements ComposeProgress {
  readonly #listeners = new Set<Report>();
  #shown: ComposeProgress;

  constructor(shown: ComposeProgress) {
    this.#shown = shown;
  }

  readonly report: Report = (event) => {
    for (const listener of this.#listeners) listener(event);
    this.#shown.report(event);
  };

  get kind(): ComposeProgress["kind"] {
    return this.#shown.kind;
  }

  get paint(): ComposeProgress["paint"] {
    return this.#shown.paint;
  }

  switchTo(shown: ComposeProgress): void {
    this.#shown.end();
    this.#shown = shown;
  }

  /** Hears of every event, until disposed. */
  listen(listener: Report): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  say(text: string): void {
    this.#shown.say(text);
  }

  end(): void {
    this.#shown.end();
  }

  pause(): Disposable {
    return this.#shown.pause();
  }

  [Symbol.dispose](): void {
    this.#shown[Symbol.dispose]();
  }
}
