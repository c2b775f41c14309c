import type { ContentStore } from "../../content/content-store.ts";
import { cancelled, invalidArgument, isKind } from "../../errors/engine-error.ts";
import { decompressed } from "../../lib/compress.ts";
import { failpoint } from "../../lib/failpoint.ts";
import { KeyedLock } from "../../lib/keyed-lock.ts";
import { span } from "../../lib/trace.ts";
import { chainIds } from "../../oci/chain-id.ts";
import { type Digest, hexOf, sha256 } from "../../oci/digest.ts";
import type { Snapshotter } from "../../snapshots/snapshotter.ts";
import type { PinGroup } from "../pins.ts";
import { inheritAttributes } from "./inherit-attributes.ts";
import { unpackTar } from "./unpack-tar.ts";

/** Snapshot keys of layers being unpacked; after a crash nobody wants them. */
const keyPrefix = "unpack-";

export interface UnpackAllOptions {
  readonly signal?: AbortSignal;
  readonly onLayer?: (diffId: Digest, state: "start" | "exists" | "done") => void;
  /** Keeps the layers from being collected until an image record names them. */
  readonly pins?: PinGroup;
}

export interface UnpackOptions {
  readonly diffId?: Digest;
  readonly signal?: AbortSignal;
  /** The blob while it is still on its way; nothing is kept before `whole` says that it is what it should be. */
  readonly arriving?: { readonly bytes: AsyncIterable<Uint8Array>; readonly whole: Promise<unknown> };
}

/** Turns layer blobs into committed snapshots, named by chain id. */
// trail: image load
// trail: pull
export class LayerUnpacker {
  readonly #content: ContentStore;
  readonly #snapshots: Snapshotter;
  /** One unpacking of a chain id at a time: the second asker finds it done. */
  readonly #locks = new KeyedLock();

  constructor(content: ContentStore, snapshots: Snapshotter) {
    this.#content = content;
    this.#snapshots = snapshots;
  }

  /** Unpacks all layers that are not yet there, lowest first; gives back the chain ids. */
  async unpackAll(
    layers: readonly { readonly blob: Digest; readonly diffId: Digest }[],
    options: UnpackAllOptions = {},
  ): Promise<Digest[]> {
    const chain = chainIds(layers.map(({ diffId }) => diffId));
    options.pins?.add(...chain);
    let parent: Digest | undefined;
    for (const [index, { blob, diffId }] of layers.entries()) {
      const chainId = chain[index];
      if (chainId === undefined) break;
      if (options.signal?.aborted) throw cancelled("unpacking was cancelled", options.signal.reason);
      const below = parent;
      await this.#locks.run(chainId, async () => {
        if (await this.#snapshots.stat(chainId)) {
          options.onLayer?.(diffId, "exists");
          return;
        }
        options.onLayer?.(diffId, "start");
        await this.unpack(blob, below, { diffId, ...(options.signal && { signal: options.signal }) });
        options.onLayer?.(diffId, "done");
      });
      parent = chainId;
    }
    return chain;
  }

  /**
   * Unpacks one blob on `parent`. The bytes must have the diff-id that is given; without one
   * it is found out here. A chain id that exists already is left as it is.
   */
  async unpack(
    blob: Digest,
    parent: Digest | undefined,
    options: UnpackOptions = {},
  ): Promise<{ diffId: Digest; chainId: Digest }> {
    const key = `${keyPrefix}${crypto.randomUUID()}`;
    await this.#snapshots.prepare(key, parent);
    try {
      const upper = await this.#snapshots.upper(key);
      const { diffId, implicitDirectories } = await span("image.unpack", () =>
        this.#unpackInto(blob, upper, options),
      );
      await options.arriving?.whole;
      if (options.diffId !== undefined && options.diffId !== diffId)
        throw invalidArgument(`invalid diffID for layer: expected "${options.diffId}", got "${diffId}"`);
      inheritAttributes(upper, implicitDirectories, await this.#directoriesBelow(parent));
      await failpoint("image.load.layer");
      const chainId = parent === undefined ? diffId : sha256(`${parent} ${diffId}`);
      await this.#commit(key, chainId);
      return { diffId, chainId };
    } catch (error) {
      await this.#snapshots.remove(key);
      throw error;
    }
  }

  /** Somebody else may have made the same layer, before or while this one is committed. */
  async #commit(key: string, chainId: Digest): Promise<void> {
    try {
      if (!(await this.#snapshots.stat(chainId))) return await this.#snapshots.commit(key, chainId);
    } catch (error) {
      if (!isKind(error, "conflict")) throw error;
    }
    await this.#snapshots.remove(key);
  }

  async #unpackInto(
    blob: Digest,
    directory: string,
    { signal, arriving }: UnpackOptions,
  ): Promise<{ diffId: Digest; implicitDirectories: readonly string[] }> {
    const { compression, stream } = await decompressed(arriving?.bytes ?? this.#content.open(blob));
    const options = { whiteouts: "overlay", rootAttributes: true, ...(signal && { signal }) } as const;
    // A plain blob was hashed on its way into the store: its digest is the diff-id.
    if (compression === "none") {
      const { implicitDirectories } = await unpackTar(stream, directory, options);
      return { diffId: blob, implicitDirectories };
    }
    const hash = new Bun.CryptoHasher("sha256");
    const { implicitDirectories } = await unpackTar(tapped(stream, hash), directory, options);
    return { diffId: `sha256:${hash.digest("hex")}` as Digest, implicitDirectories };
  }

  async #directoriesBelow(name: Digest | undefined): Promise<string[]> {
    const directories: string[] = [];
    for (let layer: string | undefined = name; layer !== undefined; ) {
      directories.push(await this.#snapshots.layerDirectory(layer));
      layer = (await this.#snapshots.stat(layer))?.parent;
    }
    return directories;
  }
}

async function* tapped(
  stream: AsyncIterable<Uint8Array>,
  hash: Bun.CryptoHasher,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream) {
    hash.update(chunk);
    yield chunk;
  }
}

/** Short form of a digest in progress lines. */
export function shortDigest(digest: Digest): string {
  return hexOf(digest).slice(0, 12);
}
