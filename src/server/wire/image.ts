import type { ImageView } from "../../engine/services/images.ts";
import type { ImageRunConfig } from "../../oci/image-config.ts";
import type {
  ImageInspect,
  ImageManifestSummary,
  ImageSummary,
  ImageConfig as WireImageConfig,
} from "../../protocol/generated/types.ts";
import { type ApiVersion, atLeast } from "../../protocol/versions.ts";
import { storageDriver } from "./storage-driver.ts";
import { unixSeconds, zeroTime } from "./zero-time.ts";

/** Older clients saw images without a name under this one. */
const nameless = "<none>:<none>";

export function summarizeImage(
  view: ImageView,
  version: ApiVersion,
): ImageSummary & { VirtualSize?: number } {
  const { image } = view;
  const namesHidden = !atLeast(version, "1.43") && image.tags.length === 0 && image.repoDigests.length === 0;
  return {
    Id: image.id,
    ParentId: image.parent ?? "",
    RepoTags: namesHidden ? [nameless] : [...image.tags],
    RepoDigests: namesHidden ? ["<none>@<none>"] : [...image.repoDigests],
    Created: unixSeconds(image.created),
    Size: view.storedSize ?? image.size,
    SharedSize: view.sharedSize,
    ...(!atLeast(version, "1.44") && { VirtualSize: view.storedSize ?? image.size }),
    Labels: { ...image.config.config?.Labels },
    Containers: view.containers,
    ...manifestsOf(view),
  };
}

/** The image's one manifest with what is stored of it, when that was asked for. */
function manifestsOf({ image, storedSize, holders }: ImageView): { Manifests?: ImageManifestSummary[] } {
  if (!holders || storedSize === undefined) return {};
  const { mediaType, digest, size } = image.manifest;
  const { os, architecture, variant } = image.config;
  // The API file asks for this one too, though it does not describe it.
  const unpacked = { Size: { Unpacked: image.size }, UnpackedSize: image.size };
  const summary: ImageManifestSummary = {
    ID: digest,
    Descriptor: { mediaType, digest, size },
    Available: true,
    Size: { Content: storedSize - image.size, Total: storedSize },
    Kind: "image",
    ImageData: {
      Platform: { os, architecture, ...(variant !== undefined && { variant }) },
      Containers: [...holders],
      ...unpacked,
    },
  };
  return { Manifests: [summary] };
}

export function inspectImage(view: ImageView, version: ApiVersion): ImageInspect {
  const { image } = view;
  const { config } = image;
  return {
    Id: image.id,
    RepoTags: [...image.tags],
    RepoDigests: [...image.repoDigests],
    Parent: image.parent ?? "",
    Comment: config.comment ?? config.history?.at(-1)?.comment ?? "",
    Created: image.created,
    ...(!atLeast(version, "1.45") && { Container: "", ContainerConfig: legacyConfig({}) }),
    DockerVersion: config.docker_version ?? "",
    Author: config.author ?? "",
    Config: runConfig(config.config ?? {}, version),
    Architecture: config.architecture,
    ...(config.variant !== undefined && { Variant: config.variant }),
    Os: config.os,
    ...(config["os.version"] !== undefined && { OsVersion: config["os.version"] }),
    Size: image.size,
    ...(!atLeast(version, "1.44") && { VirtualSize: image.size }),
    GraphDriver: { Name: storageDriver, Data: overlayData(view.layerDirectories ?? []) },
    RootFS: { Type: "layers", Layers: [...config.rootfs.diff_ids] },
    Metadata: { LastTagTime: image.lastTagged ?? zeroTime },
    ...manifestsOf(view),
  };
}

/** What an overlay mount of the image is made of, in the words of Docker's storage driver. */
function overlayData([top, ...below]: readonly string[]): Record<string, string> {
  return {
    ...(top !== undefined && { UpperDir: top }),
    ...(below.length > 0 && { LowerDir: below.join(":") }),
  };
}

/** Until 1.49 an image carried a whole container configuration, most of it zero. */
function runConfig(config: ImageRunConfig, version: ApiVersion): WireImageConfig {
  return (atLeast(version, "1.50") ? config : legacyConfig(config)) as WireImageConfig;
}

function legacyConfig(config: ImageRunConfig) {
  return {
    Hostname: "",
    Domainname: "",
    User: "",
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
    Tty: false,
    OpenStdin: false,
    StdinOnce: false,
    Env: null,
    Cmd: null,
    Image: "",
    Volumes: null,
    WorkingDir: "",
    Entrypoint: null,
    OnBuild: null,
    Labels: null,
    ...config,
  };
}
