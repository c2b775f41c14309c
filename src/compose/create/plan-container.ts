import { existsSync, readFileSync } from "node:fs";
import { invalidArgument } from "../../errors/engine-error.ts";
import { capabilityNames } from "../../lib/capability-names.ts";
import type { HostConfig } from "../../protocol/generated/types.ts";
import { imageName } from "../names.ts";
import type { ClientFiles, ContainerBody, ContainerWish, PlannedContainer } from "./container-body.ts";
import { labelsOf, nameOf } from "./container-labels.ts";
import { restartOf } from "./deploy-policies.ts";
import { devicesOf } from "./devices-of.ts";
import { checkMacAddress, networksOf } from "./endpoints-of.ts";
import { healthOf } from "./health-of.ts";
import { injectedFiles } from "./injected-files.ts";
import { linksOf } from "./links-of.ts";
import { mountsOf } from "./mounts-of.ts";
import { exposedPorts, portBindings } from "./ports-of.ts";
import { resolveReferences } from "./resolve-references.ts";
import { resourcesOf } from "./resources-of.ts";
import { securityOf } from "./security-options.ts";
import { warningsOf } from "./warnings-of.ts";

// trail: compose up
/** What is made for one container of a service, as Docker Compose 2 makes it. */
export function planContainer(wish: ContainerWish): PlannedContainer {
  const { project, service, oneOff, apiVersion } = wish;
  refuse(wish);
  checkMacAddress(wish);
  const resolved = resolveReferences(service, wish.containersOf);
  const networks = networksOf(wish, resolved.network_mode);
  const interactive = oneOff?.interactive === true;
  const health = healthOf(service.healthcheck, apiVersion);
  const body: ContainerBody = {
    Image: imageName(project, service),
    Hostname: service.hostname ?? "",
    Domainname: service.domainname ?? "",
    User: service.user ?? "",
    WorkingDir: service.working_dir ?? "",
    Tty: service.tty ?? false,
    OpenStdin: service.stdin_open ?? false,
    StdinOnce: interactive && service.stdin_open === true,
    AttachStdin: interactive,
    AttachStdout: true,
    AttachStderr: true,
    Env: environment(wish),
    Cmd: service.command ? [...service.command] : null,
    Entrypoint: service.entrypoint ? [...service.entrypoint] : null,
    ExposedPorts: exposedPorts(service),
    NetworkDisabled: service.network_mode === "disabled",
    MacAddress: networks.macAddress,
    Labels: labelsOf(wish),
    ...(service.stop_signal !== undefined && { StopSignal: service.stop_signal }),
    ...(service.stop_grace_period !== undefined && {
      StopTimeout: Math.trunc(service.stop_grace_period / 1e9),
    }),
    ...(health && { Healthcheck: health }),
    HostConfig: hostConfig(wish, networks.mode),
    ...(networks.atCreation && { NetworkingConfig: { EndpointsConfig: networks.atCreation } }),
  };
  return {
    name: nameOf(wish),
    platform: service.platform ?? project.environment.DOCKER_DEFAULT_PLATFORM,
    body,
    files: injectedFiles(wish),
    connect: networks.afterwards,
    // The first one tells for all of them.
    warnings: wish.number > 1 ? [] : warningsOf(wish, clientFiles(wish)),
  };
}

function hostConfig(wish: ContainerWish, networkMode: string): HostConfig {
  const { project, service, oneOff, containersOf } = wish;
  const { binds, mounts } = mountsOf(wish);
  const resolved = resolveReferences(service, containersOf);
  return {
    AutoRemove: oneOff?.autoRemove ?? false,
    ...(service.annotations && { Annotations: { ...service.annotations } }),
    Binds: binds,
    Mounts: mounts,
    Tmpfs: tmpfs(service.tmpfs ?? []),
    VolumeDriver: service.volume_driver ?? "",
    VolumesFrom: volumesFrom(service.volumes_from ?? [], resolved.volumes_from ?? []),
    ...(service.storage_opt && { StorageOpt: { ...service.storage_opt } }),
    NetworkMode: networkMode,
    PortBindings: portBindings(service),
    Links: linksOf(wish),
    Dns: [...(service.dns ?? [])],
    DnsSearch: [...(service.dns_search ?? [])],
    DnsOptions: [...(service.dns_opt ?? [])],
    ExtraHosts: extraHosts(service.extra_hosts ?? {}),
    IpcMode: resolved.ipc ?? "",
    PidMode: resolved.pid ?? "",
    UTSMode: service.uts ?? "",
    UsernsMode: service.userns_mode ?? "",
    ...(service.cgroup && { CgroupnsMode: service.cgroup as "private" | "host" }),
    CapAdd: capabilityNames(service.cap_add ?? []),
    CapDrop: capabilityNames(service.cap_drop ?? []),
    GroupAdd: [...(service.group_add ?? [])],
    Privileged: service.privileged ?? false,
    ReadonlyRootfs: service.read_only ?? false,
    ...securityOf(service.security_opt ?? [], project.workingDir, clientFiles(wish)),
    ...(service.init !== undefined && { Init: service.init }),
    ...(service.isolation && { Isolation: service.isolation as Isolation }),
    ...(service.runtime && { Runtime: service.runtime }),
    OomScoreAdj: service.oom_score_adj ?? 0,
    RestartPolicy: restartOf(service),
    ShmSize: service.shm_size ?? 0,
    ...(service.sysctls && { Sysctls: { ...service.sysctls } }),
    LogConfig: {
      // The engine says which drivers there are.
      Type: (service.logging?.driver ?? "") as LogDriver,
      Config: { ...service.logging?.options },
    },
    ...resourcesOf(service),
    ...devicesOf(service),
  };
}

type LogDriver = NonNullable<NonNullable<HostConfig["LogConfig"]>["Type"]>;
type Isolation = NonNullable<HostConfig["Isolation"]>;

/** What stands for something else than a container of this engine. */
function refuse({ service }: ContainerWish): void {
  const where = `services.${service.name}`;
  if (service.provider) {
    throw invalidArgument(
      `${where}.provider: ${service.provider.type} stands for the service, it has no container`,
    );
  }
  if (service.credential_spec) {
    throw invalidArgument(`${where}.credential_spec: is for Windows containers, this engine runs Linux`);
  }
  if (service.models && Object.keys(service.models).length > 0) {
    throw invalidArgument(
      `${where}.models: this engine runs no models: run one as a service, and give its address by environment`,
    );
  }
}

/** The service's variables; those with no value are taken from nowhere, as the engine is told. */
function environment({ service, proxies = {} }: ContainerWish): string[] {
  return Object.entries({ ...proxies, ...service.environment }).map(([name, value]) =>
    value === null ? name : `${name}=${value}`,
  );
}

function tmpfs(wanted: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    wanted.map((text) => {
      const colon = text.indexOf(":");
      return colon < 0 ? [text, ""] : [text.slice(0, colon), text.slice(colon + 1)];
    }),
  );
}

/** With `:ro` where it was asked for. */
function volumesFrom(asked: readonly string[], sources: readonly string[]): string[] {
  return sources.map((source, index) => {
    const words = (asked[index] ?? "").split(":");
    const mode = words[words[0] === "container" ? 2 : 1];
    return mode === undefined ? source : `${source}:${mode}`;
  });
}

const extraHosts = (hosts: Readonly<Record<string, readonly string[]>>): string[] =>
  Object.entries(hosts).flatMap(([host, addresses]) => addresses.map((address) => `${host}:${address}`));

const onThisMachine: ClientFiles = {
  readText: (path) => readFileSync(path, "utf8"),
  exists: existsSync,
};

const clientFiles = (wish: ContainerWish): ClientFiles => wish.clientFiles ?? onThisMachine;
