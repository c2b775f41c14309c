import type { BuildMessage } from "../../../protocol/build-messages.ts";
import type { Screen } from "../../progress/layer-lines.ts";
import { LiveLines } from "../../progress/live-lines.ts";
import type { Paint } from "../../terminal/colours.ts";
import type { BuildView } from "./build-view.ts";
import type { Progress } from "./progress.ts";
import { treeLines } from "./tree-lines.ts";

/** Every step a line, redrawn in place. */
export class TreeProgress implements Progress {
  readonly #live: LiveLines;

  constructor(view: BuildView, screen: Screen, paint: Paint) {
    this.#live = new LiveLines(screen, (shape) => treeLines(view, { ...shape, paint }));
  }

  /** The next drawing shows it. */
  add(_message: BuildMessage): void {}

  end(): void {
    this.#live.end();
  }

  pause(): Disposable {
    return this.#live.pause();
  }

  [Symbol.dispose](): void {
    this.#live[Symbol.dispose]();
  }
}
