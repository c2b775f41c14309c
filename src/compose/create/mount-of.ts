import { resolve } from "node:path";
import { invalidArgument } from "../../errors/engine-error.ts";
import type { Mount } from "../../protocol/generated/types.ts";
import type { Project } from "../model/project.ts";
import type { ServiceVolume } from "../model/service-parts.ts";

/** One volume of a service in the form of `HostConfig.Mounts`. */
export function mountOf(project: Project, volume: ServiceVolume): Mount {
  const { type, source = "", target = "", read_only, consistency } = volume;
  const common = {
    Target: target,
    ReadOnly: read_only ?? false,
    ...(consistency && { Consistency: consistency }),
  };
  switch (type) {
    case "bind":
      return {
        ...common,
        Type: type,
        Source: /^(\/|[A-Za-z]:[\\/]|\\\\)/.test(source) ? source : resolve(project.workingDir, source),
        ...(volume.bind && { BindOptions: bindOptions(volume.bind) }),
      };
    case "volume":
      return {
        ...common,
        Type: type,
        Source: project.volumes[source]?.name ?? source,
        ...(volume.volume && { VolumeOptions: volumeOptions(volume.volume) }),
      };
    case "tmpfs":
      return {
        ...common,
        Type: type,
        ...(volume.tmpfs && {
          TmpfsOptions: { SizeBytes: volume.tmpfs.size ?? 0, Mode: volume.tmpfs.mode ?? 0 },
        }),
      };
    case "image":
      return {
        ...common,
        Type: type,
        Source: source,
        ...(volume.image && { ImageOptions: { Subpath: volume.image.subpath ?? "" } }),
      };
    case "npipe":
    case "cluster":
      return { ...common, Type: type, Source: source };
    default:
      throw invalidArgument(`unsupported volume type ${JSON.stringify(type)} for ${target}`);
  }
}

function bindOptions({ propagation, create_host_path, recursive }: NonNullable<ServiceVolume["bind"]>) {
  return {
    ...(propagation && { Propagation: propagation as Propagation }),
    CreateMountpoint: create_host_path ?? false,
    ...(recursive === "disabled" && { NonRecursive: true }),
    ...(recursive === "writable" && { ReadOnlyNonRecursive: true }),
    ...(recursive === "readonly" && { ReadOnlyForceRecursive: true }),
  };
}

/** The engine says which words there are. */
type Propagation = NonNullable<NonNullable<Mount["BindOptions"]>["Propagation"]>;

const volumeOptions = ({ nocopy, subpath, labels }: NonNullable<ServiceVolume["volume"]>) => ({
  NoCopy: nocopy ?? false,
  Subpath: subpath ?? "",
  Labels: labels ? { ...labels } : null,
});
