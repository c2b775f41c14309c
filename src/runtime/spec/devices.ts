import { invalidArgument } from "../../errors/engine-error.ts";
import type { SpecDevice, SpecDeviceRule } from "../../oci/runtime-spec.ts";
import type { DeviceRequest, HostConfig } from "../../records/container-config.ts";

/** A device of the host with the place and the rights it has in the container. */
export interface PlannedDevice {
  readonly device: SpecDevice;
  readonly access: string;
}

/** Everything denied, then what every container has: null, zero, random, tty, console; fuse stays out. */
const baseRules: readonly SpecDeviceRule[] = [
  { allow: false, access: "rwm" },
  { allow: true, type: "c", major: 1, minor: 5, access: "rwm" },
  { allow: true, type: "c", major: 1, minor: 3, access: "rwm" },
  { allow: true, type: "c", major: 1, minor: 9, access: "rwm" },
  { allow: true, type: "c", major: 1, minor: 8, access: "rwm" },
  { allow: true, type: "c", major: 5, minor: 0, access: "rwm" },
  { allow: true, type: "c", major: 5, minor: 1, access: "rwm" },
  { allow: false, type: "c", major: 10, minor: 229, access: "rwm" },
];

export function deviceRules(
  host: Pick<HostConfig, "Privileged" | "DeviceCgroupRules">,
  devices: readonly PlannedDevice[],
): readonly SpecDeviceRule[] {
  if (host.Privileged) return [{ allow: true, access: "rwm" }];
  return [
    ...baseRules,
    ...devices.map(
      ({ device, access }): SpecDeviceRule => ({
        allow: true,
        type: device.type === "b" ? "b" : "c",
        major: device.major,
        minor: device.minor,
        access,
      }),
    ),
    ...(host.DeviceCgroupRules ?? []).map(parseDeviceRule),
  ];
}

/** `c 42:* rmw` */
export function parseDeviceRule(rule: string): SpecDeviceRule {
  const match = /^([acb]) ([0-9]+|\*):([0-9]+|\*) ([rwm]{1,3})$/.exec(rule);
  const [, type, major, minor, access] = match ?? [];
  if ((type !== "a" && type !== "b" && type !== "c") || access === undefined) {
    throw invalidArgument(`invalid device cgroup rule format: '${rule}'`);
  }
  return {
    allow: true,
    type,
    ...(major === "*" ? {} : { major: Number(major) }),
    ...(minor === "*" ? {} : { minor: Number(minor) }),
    access,
  };
}

/** No driver for GPUs and their like is built in: what asks for one is refused in Docker's words. */
export function refuseDeviceRequests(requests: readonly DeviceRequest[] | null): void {
  const first = requests?.[0];
  if (!first) return;
  const sets = (first.Capabilities ?? []).map((set) => `[${set.join(" ")}]`).join(" ");
  throw invalidArgument(
    `could not select device driver ${JSON.stringify(first.Driver ?? "")} with capabilities: [${sets}]`,
  );
}
