import type { HostConfig, SystemInfo } from "../../protocol/generated/types.ts";
import type { Loose } from "./wish.ts";

const list = <T>(values: readonly T[] | null | undefined): readonly T[] => values ?? [];

const devicePairs = (devices: HostConfig["BlkioDeviceReadBps"]) =>
  list(devices).map(({ Path: path, Rate: value }) => ({ path: path ?? "", value: value ?? 0 }));

export function resourceOptions(host: HostConfig): Loose {
  const memory = host.Memory ?? 0;
  const swap = host.MemorySwap ?? 0;
  return {
    memory,
    // Twice the memory is what one gets without a word.
    memorySwap: memory > 0 && swap === 2 * memory ? 0 : swap,
    memoryReservation: host.MemoryReservation,
    memorySwappiness: (host.MemorySwappiness ?? -1) < 0 ? undefined : host.MemorySwappiness,
    cpus: (host.NanoCpus ?? 0) / 1e9,
    cpuShares: host.CpuShares,
    cpuPeriod: host.CpuPeriod,
    cpuQuota: host.CpuQuota,
    cpuRtPeriod: host.CpuRealtimePeriod,
    cpuRtRuntime: host.CpuRealtimeRuntime,
    cpusetCpus: host.CpusetCpus,
    cpusetMems: host.CpusetMems,
    pidsLimit: (host.PidsLimit ?? 0) > 0 ? host.PidsLimit : undefined,
    blkioWeight: host.BlkioWeight,
    blkioWeightDevice: list(host.BlkioWeightDevice).map(({ Path: path, Weight: value }) => ({
      path: path ?? "",
      value: value ?? 0,
    })),
    deviceReadBps: devicePairs(host.BlkioDeviceReadBps),
    deviceWriteBps: devicePairs(host.BlkioDeviceWriteBps),
    deviceReadIops: devicePairs(host.BlkioDeviceReadIOps),
    deviceWriteIops: devicePairs(host.BlkioDeviceWriteIOps),
    ulimits: list(host.Ulimits).map(({ Name: name, Soft: soft, Hard: hard }) => ({
      name: name ?? "",
      soft: soft ?? 0,
      hard: hard ?? 0,
    })),
    oomKillDisable: host.OomKillDisable || undefined,
    oomScoreAdj: host.OomScoreAdj,
    shmSize: host.ShmSize === 64 << 20 || host.IpcMode?.startsWith("container:") ? undefined : host.ShmSize,
    cgroupParent: host.CgroupParent,
  } as Loose;
}

export function securityOptions(host: HostConfig, info: SystemInfo): Loose {
  const usualCgroupns = info.CgroupVersion === "2" && !host.Privileged ? "private" : "host";
  const open = host.MaskedPaths?.length === 0 && host.ReadonlyPaths?.length === 0 && !host.Privileged;
  const options = list(host.SecurityOpt).filter((text) => !(host.Privileged && text === "label=disable"));
  return {
    privileged: host.Privileged || undefined,
    capAdd: host.CapAdd,
    capDrop: host.CapDrop,
    securityOpt: [...options, ...(open ? ["systempaths=unconfined"] : [])],
    readOnly: host.ReadonlyRootfs || undefined,
    sysctls: host.Sysctls,
    groupAdd: host.GroupAdd,
    devices: list(host.Devices).map(
      ({ PathOnHost: from, PathInContainer: to, CgroupPermissions: permissions }) => ({
        host: from ?? "",
        inside: to ?? "",
        permissions: permissions ?? "",
      }),
    ),
    deviceCgroupRules: host.DeviceCgroupRules,
    gpus: list(host.DeviceRequests).map(gpuText),
    ipc: host.IpcMode === "private" ? "" : host.IpcMode,
    pid: host.PidMode,
    uts: host.UTSMode,
    userns: host.UsernsMode,
    cgroupns: !host.CgroupnsMode || host.CgroupnsMode === usualCgroupns ? "" : host.CgroupnsMode,
    runtime: host.Runtime === info.DefaultRuntime ? "" : host.Runtime,
  } as Loose;
}

/** In the words of `--gpus`. */
function gpuText(request: NonNullable<HostConfig["DeviceRequests"]>[number]): string {
  const words = [
    ...(request.DeviceIDs?.length ? [`"device=${request.DeviceIDs.join(",")}"`] : []),
    ...(request.Count ? [request.Count === -1 ? "all" : `count=${request.Count}`] : []),
    ...(request.Driver ? [`driver=${request.Driver}`] : []),
  ];
  return words.join(",") || "all";
}
