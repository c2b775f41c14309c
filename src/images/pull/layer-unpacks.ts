import type { ContentStore } from "../../content/content-store.ts";
import { cancelled } from "../../errors/engine-error.ts";
import type { Digest } from "../../oci/digest.ts";
import { unlessAborted } from "../../registry/client/unless-aborted.ts";
import type { Snapshotter } from "../../snapshots/snapshotter.ts";
import type { LayerUnpacker } from "../unpack/layer-unpacker.ts";
import type { Download } from "./blob-downloads.ts";
import { SharedWork } from "./shared-work.ts";

export interface UnpackWish {
  readonly blob: Digest;
  readonly diffId: Digest;
  readonly chainId: Digest;
  readonly parent: Digest | undefined;
  /** Absent: the blob is in the store. */
  readonly download: Download | undefined;
}

/** Unpackings of layers, each once at a time however many pulls want it. */
export class LayerUnpacks {
  readonly #content: ContentStore;
  readonly #snapshots: Snapshotter;
  readonly #unpacker: LayerUnpacker;
  readonly #running = new Map<string, SharedWork<number, void>>();

  constructor(content: ContentStore, snapshots: Snapshotter, unpacker: LayerUnpacker) {
    this.#content = content;
    this.#snapshots = snapshots;
    this.#unpacker = unpacker;
  }

  /** Settles when the layer is there; `watch` hears how many bytes of the blob were used up. */
  async unpack(wish: UnpackWish, watch: (used: number) => void, signal: AbortSignal): Promise<void> {
    if (await this.#snapshots.stat(wish.chainId)) return;
    const key = `${wish.chainId} ${wish.blob}`;
    const known = this.#running.get(key);
    const work = known ?? new SharedWork<number, void>((tell, ended) => this.#unpack(wish, tell, ended));
    if (!known) this.#running.set(key, work);
    const leave = work.join(watch);
    try {
      await unlessAborted(work.result, signal);
    } finally {
      if (leave()) {
        this.#running.delete(key);
        // What was half unpacked is gone when this returns.
        await work.result.catch(() => {});
      }
    }
  }

  async #unpack(
    { blob, diffId, parent, download }: UnpackWish,
    tell: (used: number) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const bytes = counted(download ? download.follow() : this.#content.open(blob), tell, signal);
    const whole = download?.whole ?? Promise.resolve();
    await this.#unpacker.unpack(blob, parent, { diffId, signal, arriving: { bytes, whole } });
  }
}

async function* counted(
  bytes: AsyncIterable<Uint8Array>,
  tell: (used: number) => void,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let used = 0;
  for await (const part of bytes) {
    if (signal.aborted) throw cancelled("unpacking was cancelled", signal.reason);
    used += part.length;
    tell(used);
    yield part;
  }
}
