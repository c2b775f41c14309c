import type { ImageView } from "../../engine/services/images.ts";
import type { ImageRunConfig } from "../../oci/image-config.ts";
import type {
  ImageInspect,
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
    Size: image.size,
    SharedSize: view.sharedSize,
    ...(!atLeast(version, "1.44") && { VirtualSize: image.size }),
    Labels: { ...image.config.config?.Labels },
    Containers: view.containers,
  };
}

export function inspectImage(image: ImageView["image"], version: ApiVersion): ImageInspect {
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
    GraphDriver: { Name: storageDriver, Data: {} },
    RootFS: { Type: "layers", Layers: [...config.rootfs.diff_ids] },
    Metadata: { LastTagTime: image.lastTagged ?? zeroTime },
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
