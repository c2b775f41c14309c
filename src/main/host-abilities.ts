import { cpus } from "node:os";
import type { EngineAbilities } from "../engine/context.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { allCapabilities } from "../runtime/spec/capabilities.ts";
import { maskedByDefault, readonlyByDefault } from "../runtime/spec/paths.ts";
import { availableCapabilities } from "../sys/capabilities.ts";
import { cgroupFeatures } from "../sys/cgroups/features.ts";
import { ipv4Forwarding, kernelAtLeast, onlineList } from "../sys/host.ts";
import { appArmorState, selinuxEnabled } from "../sys/security-modules.ts";
import type { EngineOptions } from "./engine-options.ts";

/** What containers can be given here, from kernel and configuration together. */
export function hostAbilities(options: EngineOptions, runtime: Runtime): EngineAbilities {
  const cgroups = cgroupFeatures();
  return {
    cpus: cpus().length,
    cpusetCpus: onlineList("cpu") || `0-${cpus().length - 1}`,
    cpusetMems: onlineList("node") || "0",
    cgroupVersion: cgroups.version,
    limits: {
      memory: cgroups.memory,
      swap: cgroups.swap,
      memoryReservation: cgroups.memory,
      memorySwappiness: cgroups.swappiness,
      oomKillDisable: cgroups.oomKillDisable,
      pids: cgroups.pids,
      cpuShares: cgroups.cpuShares,
      cpuCfs: cgroups.cpuQuota,
      cpuRealtime: cgroups.cpuRealtime,
      cpuset: cgroups.cpuset,
      blkioWeight: cgroups.blkioWeight,
      blkioWeightDevice: cgroups.blkioWeightDevice,
      blkioReadBps: cgroups.blkioThrottle,
      blkioWriteBps: cgroups.blkioThrottle,
      blkioReadIops: cgroups.blkioThrottle,
      blkioWriteIops: cgroups.blkioThrottle,
    },
    cgroupNamespaces: true,
    /* Asked anew each time: the engine switches it on for its bridge after this is made. */
    get ipv4Forwarding() {
      return ipv4Forwarding();
    },
    appArmor: appArmorState("docker-default").enabled,
    seLinux: selinuxEnabled(),
    capabilities: new Set(availableCapabilities().flatMap((number) => allCapabilities[number] ?? [])),
    get runtimes() {
      return new Set(Object.keys(runtime.runtimes));
    },
    get defaultRuntime() {
      return runtime.defaultRuntime;
    },
    defaultLog: { Type: options.logDriver, Config: options.logOptions },
    defaultShmSize: options.shmSize,
    defaultIpcMode: options.ipcMode,
    defaultCgroupnsMode: options.cgroupnsMode || (cgroups.version === 2 ? "private" : "host"),
    maskedPaths: maskedByDefault,
    readonlyPaths: readonlyByDefault,
    storageQuota: false,
    recursiveReadOnly: kernelAtLeast(5, 12),
  };
}
