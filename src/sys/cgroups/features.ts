import { existsSync } from "node:fs";
import { join } from "node:path";
import { cgroupDirectory, cgroupHierarchy, controllerHas } from "./hierarchy.ts";

/** What can be limited here. Read once: a host does not change its controllers under an engine. */
export interface CgroupFeatures {
  readonly version: 1 | 2;
  readonly memory: boolean;
  readonly swap: boolean;
  readonly swappiness: boolean;
  readonly oomKillDisable: boolean;
  readonly cpuShares: boolean;
  readonly cpuQuota: boolean;
  readonly cpuRealtime: boolean;
  readonly cpuset: boolean;
  readonly pids: boolean;
  readonly blkioWeight: boolean;
  readonly blkioWeightDevice: boolean;
  readonly blkioThrottle: boolean;
}

let found: CgroupFeatures | undefined;

export function cgroupFeatures(): CgroupFeatures {
  found ??= cgroupHierarchy().version === 1 ? featuresV1() : featuresV2();
  return found;
}

function featuresV1(): CgroupFeatures {
  /* Files that the root cgroup itself does not have are looked for where the engine runs. */
  const has = (controller: string, file: string) => controllerHas(controller, file);
  const weight = has("blkio", "blkio.weight") || has("blkio", "blkio.bfq.weight");
  return {
    version: 1,
    memory: has("memory", "memory.limit_in_bytes"),
    swap: has("memory", "memory.memsw.limit_in_bytes"),
    swappiness: has("memory", "memory.swappiness"),
    oomKillDisable: has("memory", "memory.oom_control"),
    cpuShares: has("cpu", "cpu.shares") || has("cpu", "tasks"),
    cpuQuota: has("cpu", "cpu.cfs_quota_us") || cpuHasQuota(),
    cpuRealtime: has("cpu", "cpu.rt_runtime_us"),
    cpuset: has("cpuset", "cpuset.cpus"),
    pids: has("pids", "tasks"),
    blkioWeight: weight,
    blkioWeightDevice: has("blkio", "blkio.weight_device") || has("blkio", "blkio.bfq.weight_device"),
    blkioThrottle: has("blkio", "blkio.throttle.read_bps_device"),
  };
}

/** The v1 root has no quota files on newer kernels, though its children do: bandwidth control shows in cpu.stat. */
function cpuHasQuota(): boolean {
  const root = cgroupDirectory("cpu", "/");
  return root !== undefined && existsSync(join(root, "cpu.stat"));
}

function featuresV2(): CgroupFeatures {
  const memory = controllerHas("memory", "");
  const cpu = controllerHas("cpu", "");
  const io = controllerHas("io", "");
  return {
    version: 2,
    memory,
    swap: memory && existsSync("/proc/swaps"),
    swappiness: false,
    oomKillDisable: false,
    cpuShares: cpu,
    cpuQuota: cpu,
    cpuRealtime: false,
    cpuset: controllerHas("cpuset", ""),
    pids: controllerHas("pids", ""),
    blkioWeight: io,
    blkioWeightDevice: io,
    blkioThrottle: io,
  };
}
