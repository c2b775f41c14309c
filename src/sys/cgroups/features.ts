import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { readControl } from "./files.ts";
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
  const bfq = io && hasScheduler("bfq");
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
    /* The root has no weights of its own, but the file that tunes one of the two that know them. */
    blkioWeight: bfq || (io && existsSync(join(cgroupDirectory("io", "/") ?? "", "io.cost.qos"))),
    /* No runtime sets weights of single devices without this scheduler: runc forgets them, crun fails. */
    blkioWeightDevice: bfq,
    blkioThrottle: io,
  };
}

/** Whether a scheduler of block devices is there: each device names all of them, its own in brackets. */
function hasScheduler(name: string): boolean {
  try {
    return readdirSync("/sys/block").some((device) =>
      offersScheduler(readControl(join("/sys/block", device, "queue"), "scheduler"), name),
    );
  } catch {
    return false;
  }
}

export function offersScheduler(line: string, name: string): boolean {
  return line.trim().split(/\s+/).includes(name) || line.includes(`[${name}]`);
}
