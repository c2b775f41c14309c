import { checkCpu } from "./cpu.ts";
import { type Draft, refuse } from "./draft.ts";
import { checkMemory } from "./memory.ts";

/** Everything cgroups limit. What the kernel cannot limit is dropped with a warning, as Docker does. */
export function checkResources(draft: Draft, update: boolean): void {
  checkMemory(draft, update);
  checkPids(draft);
  checkCpu(draft);
  checkBlkio(draft);
}

function checkPids({ hostConfig: wish, host, warnings }: Draft): void {
  if (wish.PidsLimit === null || host.limits.pids) return;
  if (wish.PidsLimit > 0) {
    warnings.push(
      "Your kernel does not support PIDs limit capabilities or the cgroup is not mounted. PIDs limit discarded.",
    );
  }
  wish.PidsLimit = null;
}

function checkBlkio({ hostConfig: wish, host: { limits }, warnings }: Draft): void {
  const discard = (supported: boolean, isAsked: boolean, warning: string) => {
    if (isAsked && !supported) warnings.push(warning);
    return isAsked && !supported;
  };
  const asks = (list: readonly unknown[] | null) => list !== null && list.length > 0;
  const noWeight =
    "Your kernel does not support Block I/O weight or the cgroup is not mounted. Weight discarded.";
  if (discard(limits.blkioWeight, wish.BlkioWeight > 0, noWeight)) wish.BlkioWeight = 0;
  if (!isWeight(wish.BlkioWeight)) throw refuse("Range of blkio weight is from 10 to 1000");
  const noDeviceWeight =
    "Your kernel does not support Block I/O weight_device or the cgroup is not mounted. Weight-device discarded.";
  if (discard(limits.blkioWeightDevice, asks(wish.BlkioWeightDevice), noDeviceWeight)) {
    wish.BlkioWeightDevice = [];
  }
  for (const { Path: path, Weight: weight } of wish.BlkioWeightDevice ?? []) {
    checkPath(path);
    if (!isWeight(weight)) throw refuse(`invalid weight for device: ${path}:${weight}`);
  }
  const rates = [
    ["BlkioDeviceReadBps", limits.blkioReadBps, "BPS Block I/O read limit", "Block I/O BPS read limit"],
    ["BlkioDeviceWriteBps", limits.blkioWriteBps, "BPS Block I/O write limit", "Block I/O BPS write limit"],
    ["BlkioDeviceReadIOps", limits.blkioReadIops, "IOPS Block read limit", "Block I/O IOPS read limit"],
    ["BlkioDeviceWriteIOps", limits.blkioWriteIops, "IOPS Block write limit", "Block I/O IOPS write limit"],
  ] as const;
  for (const [key, supported, what, dropped] of rates) {
    const warning = `Your kernel does not support ${what} or the cgroup is not mounted. ${dropped} discarded.`;
    if (discard(supported, asks(wish[key]), warning)) wish[key] = [];
    for (const { Path: path, Rate: rate } of wish[key] ?? []) {
      checkPath(path);
      if (rate < 0) throw refuse(`invalid rate for device: ${path}:${rate}`);
    }
  }
}

const isWeight = (weight: number) => weight === 0 || (weight >= 10 && weight <= 1000);

function checkPath(path: string): void {
  if (!path.startsWith("/dev/")) throw refuse(`bad format for device path: ${path}`);
}
