type Size = readonly [height: number, width: number];

/** Sizes of a terminal as they come; only the last one counts for a reader that is behind. */
export class Resizes implements AsyncIterable<Size> {
  #last: Size | undefined;
  #ended = false;
  #wake = () => {};

  add(size: Size): void {
    this.#last = size;
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Size> {
    while (!this.#ended) {
      const size = this.#last;
      this.#last = undefined;
      if (size) yield size;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}
