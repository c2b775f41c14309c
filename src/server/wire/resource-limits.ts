import { invalidArgument } from "../../errors/engine-error.ts";
import type { RequestBody } from "../../protocol/validate.ts";
import type { ResourceLimits } from "../../records/container-config.ts";

/** The limits a create or update body may hold. */
export type LimitsBody = Omit<RequestBody<"ContainerUpdate">, "RestartPolicy">;

export function resourceLimits(body: LimitsBody): ResourceLimits {
  refuseWindowsLimits(body);
  const pidsLimit = body.PidsLimit ?? 0;
  return {
    CpuShares: body.CpuShares ?? 0,
    Memory: body.Memory ?? 0,
    NanoCpus: body.NanoCpus ?? 0,
    CgroupParent: body.CgroupParent ?? "",
    BlkioWeight: body.BlkioWeight ?? 0,
    BlkioWeightDevice: (body.BlkioWeightDevice ?? []).map((device) => ({
      Path: device.Path ?? "",
      Weight: device.Weight ?? 0,
    })),
    ...throttles(body),
    CpuPeriod: body.CpuPeriod ?? 0,
    CpuQuota: body.CpuQuota ?? 0,
    CpuRealtimePeriod: body.CpuRealtimePeriod ?? 0,
    CpuRealtimeRuntime: body.CpuRealtimeRuntime ?? 0,
    CpusetCpus: body.CpusetCpus ?? "",
    CpusetMems: body.CpusetMems ?? "",
    Devices: (body.Devices ?? []).map((device) => ({
      PathOnHost: device.PathOnHost ?? "",
      PathInContainer: device.PathInContainer ?? "",
      CgroupPermissions: device.CgroupPermissions ?? "",
    })),
    DeviceCgroupRules: body.DeviceCgroupRules ?? null,
    DeviceRequests: body.DeviceRequests ?? null,
    MemoryReservation: body.MemoryReservation ?? 0,
    MemorySwap: body.MemorySwap ?? 0,
    // -1 is what older clients send for "not set".
    MemorySwappiness: body.MemorySwappiness === -1 ? null : (body.MemorySwappiness ?? null),
    OomKillDisable: body.OomKillDisable ?? null,
    // 0 and -1 both say "not limited".
    PidsLimit: pidsLimit <= 0 ? null : pidsLimit,
    Ulimits: (body.Ulimits ?? []).map((limit) => ({
      Name: limit.Name ?? "",
      Soft: limit.Soft ?? 0,
      Hard: limit.Hard ?? 0,
    })),
  };
}

function throttles(body: LimitsBody) {
  const list = (devices: { Path?: string; Rate?: number }[] | undefined) =>
    (devices ?? []).map((device) => ({ Path: device.Path ?? "", Rate: device.Rate ?? 0 }));
  return {
    BlkioDeviceReadBps: list(body.BlkioDeviceReadBps),
    BlkioDeviceWriteBps: list(body.BlkioDeviceWriteBps),
    BlkioDeviceReadIOps: list(body.BlkioDeviceReadIOps),
    BlkioDeviceWriteIOps: list(body.BlkioDeviceWriteIOps),
  };
}

/** These have no member in the engine's types: refused here, because nothing may be ignored in silence. */
function refuseWindowsLimits(body: LimitsBody): void {
  for (const name of ["CpuCount", "CpuPercent", "IOMaximumIOps", "IOMaximumBandwidth"] as const) {
    if (body[name]) throw invalidArgument(`invalid option ${name}: it is for Windows containers only`);
  }
  if (body.KernelMemoryTCP) {
    throw invalidArgument("invalid option KernelMemoryTCP: kernel memory limits are not supported any more");
  }
}

/**
 * What an update body wants changed. Clients send every limit, with zero, "" or [] for
 * "leave it"; for limits that may be null, being there at all is the wish.
 */
export function changedLimits(body: LimitsBody): Partial<ResourceLimits> {
  // Null leaves the limit of processes as it is; 0 and -1 take it away.
  const limits = { ...resourceLimits(body), PidsLimit: body.PidsLimit ?? null };
  const asked = body as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(limits).filter(([name]) => {
      const value = asked[name];
      if (name === "PidsLimit" || name === "MemorySwappiness" || name === "OomKillDisable") {
        return value !== undefined;
      }
      return Array.isArray(value) ? value.length > 0 : Boolean(value);
    }),
  );
}
