import type { ContainerView } from "../../engine/services/containers.ts";
import type {
  ContainerInspectResponse,
  ContainerSummary,
  ContainerConfig as WireConfig,
  HostConfig as WireHostConfig,
  MountPoint as WireMount,
} from "../../protocol/generated/types.ts";
import { type ApiVersion, atLeast } from "../../protocol/versions.ts";
import type { HostConfig } from "../../records/container-config.ts";
import type { ContainerRecord, MountPoint } from "../../records/container-record.ts";
import { networkSettings, portList, summaryNetworks } from "./container-network.ts";
import { statusText, wireState } from "./container-state.ts";
import { storageDriver } from "./storage-driver.ts";
import { unixSeconds } from "./zero-time.ts";

export function inspectContainer(view: ContainerView, version: ApiVersion): ContainerInspectResponse {
  const { record, paths } = view;
  return {
    Id: record.id,
    Created: record.created,
    Path: record.path,
    Args: [...record.args],
    State: wireState(record),
    Image: record.image,
    ResolvConfPath: paths.resolvConf,
    HostnamePath: paths.hostname,
    HostsPath: paths.hosts,
    LogPath: paths.log,
    Name: `/${record.name}`,
    RestartCount: record.restartCount,
    Driver: storageDriver,
    Platform: record.platform.split("/")[0] ?? "linux",
    ...(atLeast(version, "1.48") &&
      view.imageManifest && { ImageManifestDescriptor: manifest(view.imageManifest) }),
    MountLabel: "",
    ProcessLabel: "",
    AppArmorProfile: "",
    ExecIDs: view.details?.execIds.length ? [...view.details.execIds] : null,
    HostConfig: wireHostConfig(record.hostConfig, version),
    GraphDriver: { Name: storageDriver, Data: { ...view.details?.graph } },
    ...(view.size && { SizeRw: view.size.rw, SizeRootFs: view.size.rootFs }),
    Mounts: record.mounts.map(wireMount),
    Config: wireConfig(record, version),
    NetworkSettings: networkSettings(view, version),
  };
}

function manifest(descriptor: NonNullable<ContainerView["imageManifest"]>) {
  return { mediaType: descriptor.mediaType, digest: descriptor.digest, size: descriptor.size };
}

/** The keys are the wire's already (the wire's types only lack `readonly`); Windows fields are always zero. */
function wireHostConfig(config: HostConfig, version: ApiVersion): WireHostConfig {
  return {
    ...(config as unknown as WireHostConfig),
    CpuCount: 0,
    CpuPercent: 0,
    IOMaximumIOps: 0,
    IOMaximumBandwidth: 0,
    ...(!atLeast(version, "1.42") && { KernelMemory: 0, KernelMemoryTCP: 0 }),
  };
}

function wireConfig(record: ContainerRecord, version: ApiVersion): WireConfig {
  // The address somebody asked for; since 1.44 it is a matter of the networks alone.
  const mac = Object.values(record.endpoints).find(({ request }) => request.MacAddress)?.request.MacAddress;
  return {
    ...(record.config as unknown as WireConfig),
    ...(!atLeast(version, "1.44") && mac !== undefined && { MacAddress: mac }),
  };
}

function wireMount(mount: MountPoint): NonNullable<WireMount> {
  return {
    Type: mount.type,
    ...(mount.name !== "" && { Name: mount.name }),
    Source: mount.source,
    Destination: mount.destination,
    ...(mount.driver !== "" && { Driver: mount.driver }),
    Mode: mount.mode,
    RW: !mount.readOnly,
    Propagation: mount.propagation,
  };
}

export function summarizeContainer(view: ContainerView, version: ApiVersion): ContainerSummary {
  const { record } = view;
  const annotations = record.hostConfig.Annotations;
  return {
    Id: record.id,
    Names: [`/${record.name}`],
    Image: view.imageName,
    ImageID: record.image,
    ...(atLeast(version, "1.48") &&
      view.imageManifest && { ImageManifestDescriptor: manifest(view.imageManifest) }),
    Command: commandText(record),
    Created: unixSeconds(record.created),
    Ports: portList(record),
    ...(view.size && { SizeRw: view.size.rw, SizeRootFs: view.size.rootFs }),
    Labels: { ...record.config.Labels },
    State: record.state.status,
    Status: statusText(record),
    HostConfig: {
      NetworkMode: record.hostConfig.NetworkMode,
      ...(atLeast(version, "1.46") && annotations && { Annotations: { ...annotations } }),
    },
    NetworkSettings: summaryNetworks(record, version),
    Mounts: record.mounts.map(wireMount),
  };
}

/** Arguments with a space are shown in quotes; the rest is not shell syntax either. */
function commandText({ path, args }: ContainerRecord): string {
  return [path, ...args.map((word) => (word.includes(" ") ? `'${word}'` : word))].join(" ");
}
