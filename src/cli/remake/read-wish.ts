import type {
  ContainerConfig,
  ContainerInspectResponse,
  HostConfig,
  ImageInspect,
  SystemInfo,
} from "../../protocol/generated/types.ts";
import { networkOptions, networksOf } from "./network-wishes.ts";
import { resourceOptions, securityOptions } from "./resource-wishes.ts";
import type { Loose, Options, VolumeText, Wish } from "./wish.ts";

/** What is known besides the container: undefined where the image is gone. */
export interface Surroundings {
  readonly image: ImageInspect | undefined;
  readonly info: SystemInfo;
}

const defaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export function wishOf(container: ContainerInspectResponse, { image, info }: Surroundings): Wish {
  const config = container.Config ?? {};
  const host = container.HostConfig ?? {};
  const id = container.Id ?? "";
  const otherPlatform =
    image?.Architecture && info.Architecture && image.Architecture !== goArch(info.Architecture);
  return {
    name: (container.Name ?? "").replace(/^\//, ""),
    image: config.Image || (container.Image ?? ""),
    ...(otherPlatform && { platform: `linux/${image.Architecture}` }),
    detached: !config.AttachStdout && !config.AttachStderr,
    ...programOf(config, image),
    options: present({
      ...processOptions(config, host, image, id),
      ...resourceOptions(host),
      ...securityOptions(host, info),
      ...storageOptions(config, host, image),
      ...networkOptions(config, host, image),
      logging: loggingOf(host, info),
      restart: restartOf(host),
      autoRemove: host.AutoRemove || undefined,
    }),
    networks: networksOf(container, id),
  };
}

function goArch(architecture: string): string {
  return { x86_64: "amd64", aarch64: "arm64", armv7l: "arm", i686: "386" }[architecture] ?? architecture;
}

/** Without what is empty: nothing was wished. */
function present(options: Loose): Options {
  const given = Object.entries(options).filter(([, value]) => {
    if (value === undefined || value === null || value === "" || value === 0) return false;
    return typeof value !== "object" || Object.keys(value).length > 0;
  });
  return Object.fromEntries(given) as Options;
}

const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
const list = <T>(values: readonly T[] | null | undefined): readonly T[] => values ?? [];

/** Entrypoint and command, unless they are the image's. A new entrypoint drops the image's command. */
function programOf(
  config: ContainerConfig,
  image: ImageInspect | undefined,
): Pick<Wish, "entrypoint" | "command"> {
  const [entry, command] = [list(config.Entrypoint), list(config.Cmd)];
  const [imageEntry, imageCommand] = [list(image?.Config?.Entrypoint), list(image?.Config?.Cmd)];
  const newEntry = !same(entry, imageEntry) || (command.length === 0 && imageCommand.length > 0);
  if (newEntry) return { entrypoint: entry, ...(command.length > 0 && { command }) };
  return same(command, imageCommand) ? {} : { command };
}

function processOptions(
  config: ContainerConfig,
  host: HostConfig,
  image: ImageInspect | undefined,
  id: string,
): Loose {
  const from = image?.Config;
  const imageEnv = new Set(list(from?.Env));
  const hasPath = list(from?.Env).some((entry) => entry.startsWith("PATH="));
  const shares = /^(host|container:)/.test(host.NetworkMode ?? "") || host.UTSMode === "host";
  const own = (one: string | null | undefined, other: string | null | undefined) =>
    one === (other ?? "") ? "" : one;
  return {
    env: list(config.Env).filter((entry) => !imageEnv.has(entry) && (hasPath || entry !== defaultPath)),
    labels: newEntries(config.Labels, from?.Labels),
    user: own(config.User, from?.User),
    workdir: own(config.WorkingDir, from?.WorkingDir),
    hostname: shares || config.Hostname === id.slice(0, 12) ? undefined : config.Hostname,
    domainname: shares ? undefined : config.Domainname,
    tty: config.Tty || undefined,
    interactive: config.OpenStdin || undefined,
    stopSignal: own(config.StopSignal, from?.StopSignal || "SIGTERM"),
    stopTimeout: config.StopTimeout,
    health: same(config.Healthcheck, from?.Healthcheck) ? undefined : config.Healthcheck,
    init: host.Init ?? undefined,
    annotations: host.Annotations,
  } as Loose;
}

function newEntries(
  all: Readonly<Record<string, string>> | null | undefined,
  known: Readonly<Record<string, string>> | null | undefined,
): Record<string, string> {
  return Object.fromEntries(Object.entries(all ?? {}).filter(([key, value]) => known?.[key] !== value));
}

function storageOptions(config: ContainerConfig, host: HostConfig, image: ImageInspect | undefined): Loose {
  const binds = list(host.Binds).map((text): VolumeText => {
    const [source = "", target, ...mode] = text.split(":");
    return target === undefined
      ? { source: "", target: source, mode: "" }
      : { source, target, mode: mode.join(":") };
  });
  const bound = new Set([
    ...binds.map(({ target }) => target),
    ...list(host.Mounts).map((mount) => mount.Target ?? ""),
  ]);
  const anonymous = Object.keys(config.Volumes ?? {})
    .filter((target) => !(target in (image?.Config?.Volumes ?? {})) && !bound.has(target))
    .map((target): VolumeText => ({ source: "", target, mode: "" }));
  return {
    volumes: [...binds, ...anonymous],
    mounts: host.Mounts,
    tmpfs: host.Tmpfs,
    volumesFrom: host.VolumesFrom,
    volumeDriver: host.VolumeDriver,
    storageOpt: host.StorageOpt,
  } as Loose;
}

function loggingOf({ LogConfig: log }: HostConfig, info: SystemInfo): Options["logging"] {
  const driver = log?.Type ?? "";
  const options = log?.Config ?? {};
  if (driver === "" || (driver === info.LoggingDriver && Object.keys(options).length === 0)) return undefined;
  return { driver, options };
}

function restartOf({ RestartPolicy: policy }: HostConfig): string {
  const name = policy?.Name ?? "";
  if (name === "" || name === "no") return "";
  const most = policy?.MaximumRetryCount ?? 0;
  return name === "on-failure" && most > 0 ? `on-failure:${most}` : name;
}
