import type { Descriptor } from "../../oci/descriptor.ts";
import { shortDigest } from "../unpack/layer-unpacker.ts";
import type { DownloadPhase } from "./download-blob.ts";
import type { PullProgress } from "./pull-options.ts";

/** A bar moves at most so often. */
const pauseMs = 100;

/**
 * What one layer's line says, in Docker's order of words: unpacking goes on beside the
 * download, but is shown only when that is complete.
 */
export class LayerProgress {
  readonly #id: string;
  readonly #size: number;
  readonly #tell: (progress: PullProgress) => void;
  #downloaded = false;
  #movedAt = Number.NEGATIVE_INFINITY;

  constructor({ digest, size }: Descriptor, tell: (progress: PullProgress) => void) {
    this.#id = shortDigest(digest);
    this.#size = size;
    this.#tell = tell;
  }

  say(status: string): void {
    this.#tell({ id: this.#id, status });
  }

  download(phase: DownloadPhase): void {
    switch (phase.kind) {
      case "waiting":
        this.say("Waiting");
        break;
      case "downloading":
        this.#move("Downloading", phase.current);
        break;
      case "retrying":
        this.say(`Retrying in ${phase.seconds} second${phase.seconds === 1 ? "" : "s"}`);
        break;
      case "verifying":
        this.say("Verifying Checksum");
        break;
      case "complete":
        this.#downloaded = true;
        this.say("Download complete");
        break;
      default:
        phase satisfies never;
    }
  }

  /** The blob was in the store: there is nothing to wait for before unpacking is shown. */
  isHere(): void {
    this.#downloaded = true;
    this.say("Download complete");
  }

  unpacked(used: number): void {
    if (this.#downloaded) this.#move("Extracting", used);
  }

  #move(status: string, current: number): void {
    const now = performance.now();
    if (now - this.#movedAt < pauseMs && current < this.#size) return;
    this.#movedAt = now;
    this.#tell({ id: this.#id, status, current, total: this.#size });
  }
}
