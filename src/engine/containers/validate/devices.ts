import type { DeviceMapping, Ulimit } from "../../../records/container-config.ts";
import { type Draft, quoted, refuse } from "./draft.ts";

/** Device mappings (defaults filled in), device rules, requests for GPUs, and ulimits. */
export function checkDevices({ hostConfig }: Draft): void {
  if (hostConfig.Devices !== null) hostConfig.Devices = hostConfig.Devices.map(fillDevice);
  for (const rule of hostConfig.DeviceCgroupRules ?? []) {
    if (!/^[acb] (?:\d+|\*):(?:\d+|\*) [rwm]{1,3}$/.test(rule)) {
      throw refuse(`invalid device cgroup rule format: '${rule}'`);
    }
  }
  for (const request of hostConfig.DeviceRequests ?? []) {
    const capabilities = (request.Capabilities ?? []).map((all) => `[${all.join(" ")}]`).join(" ");
    throw refuse(
      `could not select device driver ${quoted(request.Driver ?? "")} with capabilities: [${capabilities}]`,
    );
  }
  for (const ulimit of hostConfig.Ulimits ?? []) checkUlimit(ulimit);
}

function fillDevice(device: DeviceMapping): DeviceMapping {
  const inside = device.PathInContainer || device.PathOnHost;
  const permissions = device.CgroupPermissions || "rwm";
  if (!device.PathOnHost.startsWith("/")) {
    throw refuse(`invalid device specification: ${quoted(device.PathOnHost)} is not an absolute path`);
  }
  if (!inside.startsWith("/"))
    throw refuse(`invalid device specification: ${quoted(inside)} is not an absolute path`);
  if (!/^(?!.*(.).*\1)[rwm]{1,3}$/.test(permissions)) throw refuse(`invalid device mode: ${permissions}`);
  return { PathOnHost: device.PathOnHost, PathInContainer: inside, CgroupPermissions: permissions };
}

const ulimitNames = new Set(
  "core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack".split(
    " ",
  ),
);

/** -1 is unlimited, and higher than everything. */
export function checkUlimit({ Name: name, Soft: soft, Hard: hard }: Ulimit): void {
  if (!ulimitNames.has(name)) throw refuse(`invalid ulimit type: ${name}`);
  for (const value of [soft, hard]) {
    if (value < -1) throw refuse(`invalid ulimit value: ${name}=${soft}:${hard}`);
  }
  if (hard === -1) return;
  const rule = "ulimit soft limit must be less than or equal to hard limit";
  if (soft === -1) throw refuse(`${rule}: soft: -1 (unlimited), hard: ${hard}`);
  if (soft > hard) throw refuse(`${rule}: ${soft} > ${hard}`);
}
