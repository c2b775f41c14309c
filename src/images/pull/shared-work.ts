/**
 * Work that several callers want and that runs once: all see its progress, also what came
 * before they joined; it is ended when the last of them leaves.
 */
export class SharedWork<Progress, Result> {
  readonly result: Promise<Result>;
  readonly #control = new AbortController();
  readonly #watchers = new Set<(progress: Progress) => void>();
  #last: { readonly progress: Progress } | undefined;
  #members = 0;

  constructor(work: (tell: (progress: Progress) => void, signal: AbortSignal) => Promise<Result>) {
    this.result = work((progress) => this.#tell(progress), this.#control.signal);
    // Who joined waits for it; nobody else has to.
    this.result.catch(() => {});
  }

  /** Gives back how to leave: true for the last one. */
  join(watch: (progress: Progress) => void): () => boolean {
    this.#members++;
    this.#watchers.add(watch);
    if (this.#last) watch(this.#last.progress);
    let here = true;
    return () => {
      if (!here) return false;
      here = false;
      this.#watchers.delete(watch);
      if (--this.#members > 0) return false;
      this.#control.abort();
      return true;
    };
  }

  #tell(progress: Progress): void {
    this.#last = { progress };
    for (const watch of this.#watchers) watch(progress);
  }
}
