import type { TransferProgress } from "../engine/services/images.ts";
import { transferLine } from "./wire/transfer-line.ts";

/** Lines that may wait for a slow client; bars beyond that are left out, words never. */
const mostWaiting = 100;

/** Progress of a transfer as lines of a JSON stream; a slow client never slows the transfer down. */
export class ProgressLines {
  readonly #send: (line: object) => Promise<void>;
  #waiting = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(send: (line: object) => Promise<void>) {
    this.#send = send;
  }

  readonly add = (progress: TransferProgress): void => {
    if (this.#waiting > mostWaiting && progress.current !== undefined) return;
    this.#waiting++;
    this.#last = this.#send(transferLine(progress)).finally(() => this.#waiting--);
    // A client that went away is heard of by the signal.
    this.#last.catch(() => {});
  };

  /** Settles when the last line is out. */
  async sent(): Promise<void> {
    await this.#last;
  }
}
