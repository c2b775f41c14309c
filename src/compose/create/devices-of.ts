import { isCdiName } from "../../lib/cdi-name.ts";
import type { DeviceRequest, HostConfig } from "../../protocol/generated/types.ts";
import type { DeviceRequest as Wanted } from "../model/deploy.ts";
import type { Service } from "../model/service.ts";

/** Device nodes, and devices a driver of the engine is asked for. */
export function devicesOf(service: Service): HostConfig {
  const devices = service.devices ?? [];
  const named = devices.filter(({ source, target }) => source === (target ?? source) && isCdiName(source));
  const reserved = service.deploy?.resources?.reservations?.devices ?? [];
  return {
    Devices: devices
      .filter((device) => !named.includes(device))
      .map(({ source, target, permissions }) => ({
        PathOnHost: source,
        PathInContainer: target ?? "",
        CgroupPermissions: permissions ?? "",
      })),
    DeviceCgroupRules: [...(service.device_cgroup_rules ?? [])],
    DeviceRequests: [
      ...reserved.map((wanted) => requestOf(wanted, wanted.capabilities ?? [])),
      ...(named.length > 0 ? [{ Driver: "cdi", DeviceIDs: named.map(({ source }) => source) }] : []),
      ...(service.gpus ?? []).map((wanted) => requestOf(wanted, [...(wanted.capabilities ?? []), "gpu"])),
    ],
  };
}

function requestOf(wanted: Wanted, capabilities: readonly string[]): DeviceRequest {
  return {
    Driver: wanted.driver ?? "",
    Count: wanted.count ?? 0,
    DeviceIDs: wanted.device_ids ? [...wanted.device_ids] : null,
    Capabilities: [[...capabilities]],
    Options: wanted.options ? { ...wanted.options } : null,
  };
}
