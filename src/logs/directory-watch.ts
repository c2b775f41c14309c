import { type FSWatcher, watch } from "node:fs";

/**
 * Wakes a waiter when something in a directory changes. A change that happens while nobody
 * waits is remembered, so that look-then-wait cannot miss one.
 */
export class DirectoryWatch implements Disposable {
  readonly #watcher: FSWatcher | undefined;
  readonly #timer: ReturnType<typeof setInterval> | undefined;
  #changed = false;
  #wake: (() => void) | undefined;

  constructor(directory: string) {
    try {
      this.#watcher = watch(directory, () => this.poke());
      this.#watcher.on("error", () => this.poke());
    } catch {
      // The kernel grants only so many watches (fs.inotify.max_user_watches); looking now and then still works.
      this.#timer = setInterval(() => this.poke(), 200);
    }
  }

  poke(): void {
    this.#changed = true;
    this.#wake?.();
  }

  async next(): Promise<void> {
    if (!this.#changed) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#wake = undefined;
    this.#changed = false;
  }

  [Symbol.dispose](): void {
    this.#watcher?.close();
    clearInterval(this.#timer);
    this.#wake?.();
  }
}
