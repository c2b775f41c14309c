import type { DeviceRequest } from "../model/deploy.ts";
import type { Service } from "../model/service.ts";
import { about, type Conversion, filled, type YamlMap } from "./conversion.ts";
import { byteQuantity, cpuQuantity } from "./words.ts";

/** One share of 1024 is what a request of one core becomes. */
const sharesPerCore = 1024;
const usualPeriod = 100_000;

export function resourcesOf(conversion: Conversion, service: Service): YamlMap | undefined {
  const { limits, reservations } = service.deploy?.resources ?? {};
  const cpu = limits?.cpus ?? service.cpus ?? quotaOf(service);
  const memory = limits?.memory ?? service.mem_limit;
  const wantedCpu = reservations?.cpus ?? sharesOf(service);
  const wantedMemory = reservations?.memory ?? service.mem_reservation;
  const disk = service.storage_opt?.size;
  return filled({
    limits: filled({
      cpu: cpu ? cpuQuantity(cpu) : undefined,
      memory: memory ? byteQuantity(memory) : undefined,
      "ephemeral-storage": disk === undefined ? undefined : diskQuantity(disk),
      ...graphics(conversion, service),
    }),
    requests: filled({
      cpu: wantedCpu ? cpuQuantity(wantedCpu) : undefined,
      memory: wantedMemory ? byteQuantity(wantedMemory) : undefined,
    }),
  });
}

function quotaOf({ cpu_quota: quota, cpu_period: period }: Service): number | undefined {
  return quota && quota > 0 ? quota / (period || usualPeriod) : undefined;
}

function sharesOf({ cpu_shares: shares }: Service): number | undefined {
  return shares ? shares / sharesPerCore : undefined;
}

function diskQuantity(size: string): string {
  return size.replace(/^(\d+)([kmgt])b?$/i, (_, count, unit) => `${count}${unit.toUpperCase()}i`);
}

/** Devices of plugins are counted; which ones, a Pod cannot say. */
function graphics(conversion: Conversion, service: Service): YamlMap {
  const asked: readonly (readonly [string, readonly DeviceRequest[]])[] = [
    ["gpus", service.gpus ?? []],
    ["deploy.resources.reservations.devices", service.deploy?.resources?.reservations?.devices ?? []],
  ];
  let count = 0;
  for (const [attribute, requests] of asked) {
    for (const request of requests) count += devices(conversion, service, attribute, request);
  }
  return count > 0 ? { "nvidia.com/gpu": count } : {};
}

function devices(
  conversion: Conversion,
  service: Service,
  attribute: string,
  request: DeviceRequest,
): number {
  const { driver, capabilities = [], count, device_ids: ids = [], options } = request;
  const isGraphics = driver === "nvidia" || (driver === undefined && capabilities.includes("gpu"));
  const lost = (text: string) => conversion.notes.lost(about(service), attribute, text);
  if (!isGraphics) {
    lost(
      `devices of ${JSON.stringify(driver ?? capabilities.join(","))} need a device plugin of the cluster`,
    );
    return 0;
  }
  if (ids.length > 0) lost("a Pod asks for a number of devices, not for certain ones");
  if (options && Object.keys(options).length > 0) lost("options of devices have no counterpart");
  if (count === undefined || count < 0) {
    if (ids.length > 0) return ids.length;
    lost("a Pod cannot ask for all devices: one is asked for");
    return 1;
  }
  return count;
}
