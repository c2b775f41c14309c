import { invalidArgument } from "../../errors/engine-error.ts";
import type { Mount } from "../../protocol/generated/types.ts";
import { type ApiVersion, atLeast } from "../../protocol/versions.ts";
import type { ServiceVolume } from "../model/service-parts.ts";
import { dockerSocket } from "./api-socket.ts";
import type { ContainerWish } from "./container-body.ts";
import { isCopied, referredFiles } from "./file-references.ts";
import { mountOf } from "./mount-of.ts";

export interface PlannedMounts {
  readonly binds: string[];
  readonly mounts: Mount[];
}

/**
 * What a container has mounted. The old way of writing it (`/host:/path:rw`) is taken wherever it can
 * say what is wanted: it is the one that makes a missing directory of the host.
 */
export function mountsOf(wish: ContainerWish): PlannedMounts {
  const { project, service } = wish;
  const known = new Set(Object.values(project.volumes).map(({ name }) => name));
  const binds: string[] = [];
  const mounts: Mount[] = [];
  for (const { mount, volume } of byTarget(wish).values()) {
    const source = mount.Source ?? "";
    refuseWhatIsNewer(mount, wish.apiVersion);
    if (volume && mount.Type === "bind" && !bindNeedsMount(volume)) binds.push(bindText(source, volume));
    else if (volume && mount.Type === "volume" && known.has(source) && !volumeNeedsMount(volume)) {
      binds.push(bindText(source, volume));
    } else mounts.push(mount);
  }
  return { binds, mounts };

  function byTarget(wish: ContainerWish) {
    const found = new Map<string, { mount: Mount; volume?: ServiceVolume }>();
    const kept = inheritedMounts(wish);
    for (const mount of kept.values()) found.set(mount.Target ?? "", { mount });
    for (const stated of service.volumes ?? []) {
      const volume = withEngineSocket(wish, stated);
      const anonymous = volume.source === undefined || volume.source === "";
      if (anonymous && kept.has(volume.target ?? "")) continue;
      found.set(volume.target ?? "", { mount: mountOf(project, volume), volume });
    }
    for (const { mount } of fileMounts(wish)) {
      const target = mount.Target ?? "";
      if (!found.has(target)) found.set(target, { mount });
    }
    return found;
  }
}

/** The socket of the engine that runs the container, wherever it listens. */
function withEngineSocket({ service, apiSocket }: ContainerWish, volume: ServiceVolume): ServiceVolume {
  const { source, target } = volume;
  const isMeant = service.use_api_socket && source === dockerSocket && target === dockerSocket;
  return isMeant && apiSocket !== undefined ? { ...volume, source: apiSocket } : volume;
}

/** Older engines would read over it, and mount something else than was asked for. */
function refuseWhatIsNewer({ Type, BindOptions, VolumeOptions }: Mount, version: ApiVersion): void {
  const refuse = (sentence: string, since: ApiVersion) => {
    if (!atLeast(version, since)) throw invalidArgument(sentence);
  };
  if (Type === "image") refuse("volume with type=image require Docker Engine v28 or later", "1.48");
  if (VolumeOptions?.Subpath) refuse("volume subpath requires API v1.45 or later", "1.45");
  if (BindOptions?.ReadOnlyForceRecursive)
    refuse("bind-recursive=readonly requires API v1.44 or later", "1.44");
  if (BindOptions?.ReadOnlyNonRecursive)
    refuse("bind-recursive=writable requires API v1.44 or later", "1.44");
}

/** Anonymous volumes go on in the container that takes the place, if the image or the service still has them. */
function inheritedMounts({ service, image, inherited }: ContainerWish): ReadonlyMap<string, Mount> {
  const anonymous = (service.volumes ?? []).filter(({ source }) => source === undefined || source === "");
  const wanted = new Set([...image.volumes, ...anonymous.map(({ target }) => target ?? "")]);
  return new Map(
    [...inherited]
      .filter(([target]) => wanted.has(target))
      .map(([target, name]) => [target, { Type: "volume", Source: name, Target: target }]),
  );
}

function fileMounts(wish: ContainerWish): readonly { mount: Mount }[] {
  return referredFiles(wish)
    .filter((file) => !isCopied(file))
    .map(({ defined, target }) => ({
      mount: { Type: "bind", Source: defined.file ?? "", Target: target, ReadOnly: true },
    }));
}

const bindNeedsMount = ({ bind }: ServiceVolume): boolean =>
  bind !== undefined && (!bind.create_host_path || !!bind.propagation || !!bind.recursive);

const volumeNeedsMount = ({ volume }: ServiceVolume): boolean =>
  volume !== undefined &&
  (Object.keys(volume.labels ?? {}).length > 0 || !!volume.subpath || volume.nocopy === true);

function bindText(source: string, { target, read_only, bind, volume }: ServiceVolume): string {
  const options = [read_only ? "ro" : "rw"];
  if (bind?.selinux) options.push(bind.selinux);
  if (bind?.propagation) options.push(bind.propagation);
  if (volume?.nocopy) options.push("nocopy");
  return `${source}:${target}:${options.join(",")}`;
}
