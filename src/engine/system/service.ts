import { buildInfo } from "../../lib/build-info.ts";
import { now } from "../../lib/timestamp.ts";
import { hostPlatform } from "../../oci/platform.ts";
import { viewContainers } from "../containers/view.ts";
import type { EngineContext } from "../context.ts";
import { checkEventFilters } from "../events/match-event.ts";
import { holdersOf } from "../images/service.ts";
import type { DiskUsage, DiskUsageType, EngineInfo, SystemService } from "../services/system.ts";
import { usersOf } from "../volumes/service.ts";
import { diskParts } from "./disk-parts.ts";

export function systemService(context: EngineContext): SystemService {
  return {
    info: () => engineInfo(context),
    disk: () => diskParts(context),
    reclaimable: async (images) => {
      const usage = await context.images.usage();
      return usage.onlyOf(new Set([...usage.images.keys()].filter((id) => images.includes(id))));
    },
    diskUsage: (types) => diskUsage(context, types),
    events: (query, signal) => {
      checkEventFilters(query.filters);
      return context.events.subscribe(query, signal);
    },
    authenticate: ({ serverAddress, ...credentials }, signal) =>
      context.logIn(serverAddress, credentials, context.settings.insecureRegistries, signal),
  };
}

async function engineInfo(context: EngineContext): Promise<EngineInfo> {
  const facts = await context.host.facts();
  const { settings, runtime } = context;
  const count = (...statuses: string[]) =>
    context.containers.all().filter((container) => statuses.includes(container.record.state.status)).length;
  const has = (controller: string) => facts.cgroupControllers.has(controller);
  return {
    id: context.records.settings.get("engine-id") ?? "",
    name: settings.hostname,
    version: buildInfo.version,
    gitCommit: buildInfo.commit,
    buildTime: buildInfo.time,
    containers: {
      running: count("running", "restarting"),
      paused: count("paused"),
      stopped: count("created", "exited", "dead", "removing"),
    },
    images: (await context.images.list()).length,
    dataRoot: settings.dataRoot,
    kernelVersion: facts.kernelVersion,
    operatingSystem: facts.operatingSystem,
    osVersion: facts.osVersion,
    architecture: unameMachine(),
    cpus: facts.cpus,
    memory: facts.memory,
    cgroupDriver: "cgroupfs",
    cgroupVersion: facts.cgroupVersion,
    runtimes: runtime.runtimes,
    defaultRuntime: runtime.defaultRuntime,
    runtimeVersion: await context.host.runtimeVersion(runtime.runtimes[runtime.defaultRuntime]?.path ?? ""),
    initBinary: "docker-init",
    logDriver: settings.logConfig.Type,
    labels: settings.labels,
    debug: settings.debug,
    fileDescriptors: context.host.openFileDescriptors(),
    systemTime: now(),
    eventListeners: context.events.listeners,
    ipv4Forwarding: context.host.ipv4Forwarding(),
    httpProxy: process.env.HTTP_PROXY ?? "",
    httpsProxy: process.env.HTTPS_PROXY ?? "",
    noProxy: process.env.NO_PROXY ?? "",
    registryMirrors: settings.registryMirrors,
    insecureRegistries: settings.insecureRegistries,
    addressPools: settings.addressPools,
    securityOptions: [
      ...(facts.apparmor ? ["name=apparmor"] : []),
      ...(facts.seccomp ? ["name=seccomp,profile=builtin"] : []),
      ...(facts.cgroupVersion === "2" ? ["name=cgroupns"] : []),
    ],
    storage: [
      ["Backing Filesystem", facts.filesystem],
      ["Supports d_type", "true"],
    ],
    capable: {
      memoryLimit: has("memory"),
      swapLimit: facts.swapLimit,
      cpuQuota: has("cpu"),
      cpuShares: has("cpu"),
      cpuSet: has("cpuset"),
      pidsLimit: has("pids"),
      oomKillDisable: has("memory") && facts.cgroupVersion === "1",
    },
    warnings: facts.swapLimit ? [] : ["WARNING: No swap limit support"],
  };
}

function unameMachine(): string {
  const names: Record<string, string> = { amd64: "x86_64", arm64: "aarch64" };
  const { architecture } = hostPlatform();
  return names[architecture] ?? architecture;
}

async function diskUsage(context: EngineContext, types: ReadonlySet<DiskUsageType>): Promise<DiskUsage> {
  const usage = await context.images.usage();
  const images = types.has("image") ? await context.images.list() : [];
  const containers = types.has("container") ? context.containers.all() : [];
  const volumes = types.has("volume") ? context.records.volumes.list() : [];
  const buildCache = types.has("build-cache") ? await context.builder.usage() : [];
  return {
    layersSize: usage.stored,
    images: images.map((image) => {
      const { shared, unique } = usage.images.get(image.id)?.stored ?? { shared: 0, unique: 0 };
      const containers = holdersOf(context, image.id).length;
      return { image, containers, sharedSize: shared, storedSize: shared + unique };
    }),
    containers: await viewContainers(context, containers, { size: true, details: false }),
    volumes: await Promise.all(
      volumes.map(async (record) => ({
        record,
        mountpoint: context.volumes.mountpoint(record),
        usage: {
          size: await context.volumes.usage(record),
          references: usersOf(context, record.name).length,
        },
      })),
    ),
    buildCache,
  };
}
