import type { EngineInfo } from "../../engine/services/system.ts";
import { hostPlatform } from "../../oci/platform.ts";
import type { SystemInfo, SystemVersion } from "../../protocol/generated/types.ts";
import { type ApiVersion, atLeast, maxVersion, minVersion } from "../../protocol/versions.ts";
import { storageDriver } from "./storage-driver.ts";

const indexServer = "https://index.docker.io/v1/";

export function wireInfo(info: EngineInfo, version: ApiVersion): SystemInfo {
  const { containers, capable } = info;
  return {
    ID: info.id,
    Containers: containers.running + containers.paused + containers.stopped,
    ContainersRunning: containers.running,
    ContainersPaused: containers.paused,
    ContainersStopped: containers.stopped,
    Images: info.images,
    Driver: storageDriver,
    DriverStatus: info.storage.map(([name, value]) => [name, value]),
    Plugins: {
      Volume: ["local"],
      Network: ["bridge", "host", "macvlan", "null"],
      Authorization: null,
      Log: ["json-file", "local", "none"],
    },
    MemoryLimit: capable.memoryLimit,
    SwapLimit: capable.swapLimit,
    ...(!atLeast(version, "1.42") && { KernelMemory: false, KernelMemoryTCP: false }),
    CpuCfsPeriod: capable.cpuQuota,
    CpuCfsQuota: capable.cpuQuota,
    CPUShares: capable.cpuShares,
    CPUSet: capable.cpuSet,
    PidsLimit: capable.pidsLimit,
    IPv4Forwarding: info.ipv4Forwarding,
    ...(!atLeast(version, "1.50") && { BridgeNfIptables: false, BridgeNfIp6tables: false }),
    Debug: info.debug,
    NFd: info.fileDescriptors,
    OomKillDisable: capable.oomKillDisable,
    NGoroutines: 0,
    SystemTime: info.systemTime,
    LoggingDriver: info.logDriver,
    CgroupDriver: info.cgroupDriver,
    CgroupVersion: info.cgroupVersion,
    NEventsListener: info.eventListeners,
    KernelVersion: info.kernelVersion,
    OperatingSystem: info.operatingSystem,
    OSVersion: info.osVersion,
    OSType: "linux",
    Architecture: info.architecture,
    IndexServerAddress: indexServer,
    RegistryConfig: registryConfig(info),
    NCPU: info.cpus,
    MemTotal: info.memory,
    GenericResources: null,
    DockerRootDir: info.dataRoot,
    HttpProxy: info.httpProxy,
    HttpsProxy: info.httpsProxy,
    NoProxy: info.noProxy,
    Name: info.name,
    Labels: [...info.labels],
    ExperimentalBuild: false,
    ServerVersion: info.version,
    Runtimes: runtimes(info),
    DefaultRuntime: info.defaultRuntime,
    Swarm: {
      NodeID: "",
      NodeAddr: "",
      LocalNodeState: "inactive",
      ControlAvailable: false,
      Error: "",
      RemoteManagers: null,
    },
    // Containers always survive the engine here.
    LiveRestoreEnabled: true,
    Isolation: "",
    InitBinary: info.initBinary,
    ContainerdCommit: commit("", version),
    RuncCommit: commit(info.runtimeVersion, version),
    InitCommit: commit("", version),
    SecurityOptions: [...info.securityOptions],
    ...(info.addressPools.length > 0 && {
      DefaultAddressPools: info.addressPools.map(({ base, size }) => ({ Base: base, Size: size })),
    }),
    ...(atLeast(version, "1.49") && { FirewallBackend: { Driver: "nftables" } }),
    Warnings: [...info.warnings],
  };
}

const commit = (id: string, version: ApiVersion) => ({
  ID: id,
  ...(!atLeast(version, "1.49") && { Expected: id }),
});

function runtimes(info: EngineInfo) {
  return Object.fromEntries(
    Object.entries(info.runtimes).map(([name, { path, args }]) => [
      name,
      { path, ...(args.length > 0 && { runtimeArgs: [...args] }) },
    ]),
  );
}

function registryConfig(info: EngineInfo) {
  const cidrs = info.insecureRegistries.filter((entry) => entry.includes("/"));
  const hosts = info.insecureRegistries.filter((entry) => !entry.includes("/"));
  return {
    // Loopback needs no TLS, as in Docker.
    InsecureRegistryCIDRs: [...cidrs, "::1/128", "127.0.0.0/8"],
    IndexConfigs: {
      "docker.io": { Name: "docker.io", Mirrors: [...info.registryMirrors], Secure: true, Official: true },
      ...Object.fromEntries(
        hosts.map((host) => [host, { Name: host, Mirrors: [], Secure: false, Official: false }]),
      ),
    },
    Mirrors: [...info.registryMirrors],
  };
}

export function wireVersion(info: EngineInfo): SystemVersion {
  const arch = hostPlatform().architecture;
  // Clients print this as "Go version"; it says what really runs the engine.
  const language = `bun${Bun.version}`;
  return {
    Platform: { Name: "Hull" },
    Components: [
      {
        Name: "Engine",
        Version: info.version,
        Details: {
          ApiVersion: maxVersion,
          Arch: arch,
          BuildTime: info.buildTime,
          Experimental: "false",
          GitCommit: info.gitCommit,
          GoVersion: language,
          KernelVersion: info.kernelVersion,
          MinAPIVersion: minVersion,
          Os: "linux",
        },
      },
      { Name: info.defaultRuntime, Version: info.runtimeVersion, Details: { GitCommit: "" } },
    ],
    Version: info.version,
    ApiVersion: maxVersion,
    MinAPIVersion: minVersion,
    GitCommit: info.gitCommit,
    GoVersion: language,
    Os: "linux",
    Arch: arch,
    KernelVersion: info.kernelVersion,
    BuildTime: info.buildTime,
  };
}
