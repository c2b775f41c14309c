import type { HostConfig } from "../../records/container-config.ts";
import type { SecurityOptions } from "./security-options.ts";

export const maskedByDefault: readonly string[] = [
  "/proc/acpi",
  "/proc/asound",
  "/proc/interrupts",
  "/proc/kcore",
  "/proc/keys",
  "/proc/latency_stats",
  "/proc/sched_debug",
  "/proc/scsi",
  "/proc/timer_list",
  "/proc/timer_stats",
  "/sys/devices/virtual/powercap",
  "/sys/firmware",
];

export const readonlyByDefault: readonly string[] = [
  "/proc/bus",
  "/proc/fs",
  "/proc/irq",
  "/proc/sys",
  "/proc/sysrq-trigger",
];

/** What a container must not see or change of the kernel. Null means the defaults, an empty list nothing. */
export function protectedPaths(
  host: Pick<HostConfig, "Privileged" | "MaskedPaths" | "ReadonlyPaths">,
  security: SecurityOptions,
): { masked: readonly string[]; readonly: readonly string[] } {
  if (host.Privileged || security.systemPathsUnconfined) return { masked: [], readonly: [] };
  return { masked: host.MaskedPaths ?? maskedByDefault, readonly: host.ReadonlyPaths ?? readonlyByDefault };
}
