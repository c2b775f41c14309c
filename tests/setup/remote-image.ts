import { gzipSync, zstdCompressSync } from "node:zlib";
import { type Digest, sha256 } from "../../src/oci/digest.ts";
import { mediaTypes } from "../../src/oci/manifest.ts";
import type { FakeDistribution } from "../fakes/fake-distribution.ts";

export interface RemoteLayer {
  readonly tar: Uint8Array<ArrayBuffer>;
  readonly compression?: "gzip" | "zstd" | "none";
  /** Lies: what the manifest or the configuration says instead of the truth. */
  readonly diffId?: string;
  readonly size?: number;
  readonly digest?: string;
  readonly extra?: object;
}

export interface RemoteImageOptions {
  readonly platform?: { readonly os: string; readonly architecture: string; readonly variant?: string };
  readonly config?: object;
  readonly configType?: string;
  /** Docker's own types instead of OCI's. */
  readonly isDocker?: boolean;
}

/** Puts an image into a registry in memory; without a tag it is known by its digest only. */
export function addRemoteImage(
  fake: FakeDistribution,
  repository: string,
  tag: string,
  layers: readonly RemoteLayer[],
  options: RemoteImageOptions = {},
) {
  const { platform = { os: "linux", architecture: "amd64" }, isDocker = false } = options;
  const blobs = layers.map((layer) => {
    const packed = { gzip: packGzip, zstd: packZstd, none: packNone }[layer.compression ?? "gzip"](layer.tar);
    const { digest, size } = fake.addBlob(packed.bytes);
    return {
      mediaType: isDocker ? mediaTypes.dockerLayer : packed.mediaType,
      digest: (layer.digest ?? digest) as Digest,
      size: layer.size ?? size,
      ...layer.extra,
    };
  });
  const config = {
    ...platform,
    config: { Cmd: [tag], Labels: { from: "a registry" } },
    rootfs: { type: "layers", diff_ids: layers.map(({ tar, diffId }) => diffId ?? sha256(tar)) },
    ...options.config,
  };
  const configBlob = fake.addBlob(new Uint8Array(Buffer.from(JSON.stringify(config))));
  const mediaType = isDocker ? mediaTypes.dockerManifest : mediaTypes.ociManifest;
  const configType = options.configType ?? (isDocker ? mediaTypes.dockerConfig : mediaTypes.ociConfig);
  const manifest = {
    schemaVersion: 2,
    mediaType,
    config: { mediaType: configType, ...configBlob },
    layers: blobs,
  };
  const descriptor = fake.addManifest(repository, tag, manifest, mediaType);
  return { id: configBlob.digest as Digest, layers: blobs, descriptor: { ...descriptor, platform } };
}

const packGzip = (tar: Uint8Array) => ({
  bytes: new Uint8Array(gzipSync(tar, { level: 1 })),
  mediaType: mediaTypes.ociLayerGzip,
});
const packZstd = (tar: Uint8Array) => ({
  bytes: new Uint8Array(zstdCompressSync(tar)),
  mediaType: mediaTypes.ociLayerZstd,
});
const packNone = (tar: Uint8Array<ArrayBuffer>) => ({ bytes: tar, mediaType: mediaTypes.ociLayer });
