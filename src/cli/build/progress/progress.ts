import type { BuildMessage } from "../../../protocol/build-messages.ts";

/** One way of showing a build. */
export interface Progress extends Disposable {
  /** Called with each message, after the view has taken it in. */
  add(message: BuildMessage): void;
  /** What there is to say at the end; errors and warnings are said after it. */
  end(): void;
  /** Gives the terminal to somebody else for a while. */
  pause(): Disposable;
}

export const progressKinds = ["auto", "plain", "tty", "json", "quiet", "rawjson"] as const;
