import { epochSeconds } from "../../lib/tar/entry.ts";
import { endOfArchive, formatHeader, paddingAfter } from "../../lib/tar/tar-writer.ts";
import { type Digest, hexOf, sha256 } from "../../oci/digest.ts";
import type { ImageRunConfig } from "../../oci/image-config.ts";
import { hostPlatform } from "../../oci/platform.ts";

/** The one layer of a base image, a plain tar whose digest is known. */
export interface BaseLayer {
  readonly diffId: Digest;
  readonly size: number;
  /** The tar; each call reads it from the front. */
  readonly bytes: () => AsyncIterable<Uint8Array>;
}

/** An image made on this machine, not yet in any engine. */
export interface LocalImage extends AsyncDisposable {
  /** The digest of its configuration: what every engine takes for its id. */
  readonly id: Digest;
  readonly rawConfig: Uint8Array;
  readonly layer: BaseLayer;
}

export interface BaseImageConfig {
  readonly runConfig: ImageRunConfig;
  /** Seconds; part of the image's identity, so never the time of making it. */
  readonly created: number;
  readonly createdBy: string;
}

/** The same layer and configuration give the same id, on every machine of this architecture. */
export function localImage(
  layer: BaseLayer,
  config: BaseImageConfig,
  dispose: () => Promise<void> = async () => {},
): LocalImage {
  const created = new Date(config.created * 1000).toISOString().replace(".000Z", "Z");
  const { os, architecture, variant } = hostPlatform();
  const rawConfig = Buffer.from(
    JSON.stringify({
      architecture,
      config: config.runConfig,
      created,
      history: [
        { created, created_by: config.createdBy },
        { created, created_by: `CMD ${JSON.stringify(config.runConfig.Cmd ?? [])}`, empty_layer: true },
      ],
      os,
      rootfs: { type: "layers", diff_ids: [layer.diffId] },
      ...(variant !== undefined && { variant }),
    }),
  );
  return { id: sha256(rawConfig), rawConfig, layer, [Symbol.asyncDispose]: dispose };
}

/** What `docker load` reads, of every engine since 2016. */
export async function* localImageArchive(
  image: LocalImage,
  tags: readonly string[],
): AsyncGenerator<Uint8Array> {
  const { id, rawConfig, layer } = image;
  const configPath = `${hexOf(id)}.json`;
  const layerPath = `${hexOf(layer.diffId)}/layer.tar`;
  const manifest = Buffer.from(JSON.stringify([{ Config: configPath, RepoTags: tags, Layers: [layerPath] }]));
  yield Buffer.concat([
    fileHeader("manifest.json", manifest.length),
    manifest,
    paddingAfter(manifest.length),
  ]);
  yield Buffer.concat([fileHeader(configPath, rawConfig.length), rawConfig, paddingAfter(rawConfig.length)]);
  yield fileHeader(layerPath, layer.size);
  yield* layer.bytes();
  yield Buffer.concat([paddingAfter(layer.size), endOfArchive()]);
}

function fileHeader(path: string, size: number): Uint8Array {
  return formatHeader({ path, type: "file", mode: 0o644, uid: 0, gid: 0, size, modified: epochSeconds(0) });
}
