import { release } from "node:os";
import { posix } from "node:path";
import { invalidArgument } from "../../errors/engine-error.ts";
import type { SpecSeccomp } from "../../oci/runtime-spec.ts";
import type { HostConfig } from "../../records/container-config.ts";
import { availableCapabilities } from "../../sys/capabilities.ts";
import { cgroupFeatures } from "../../sys/cgroups/features.ts";
import { deviceNumber, devicesAt, devicesBelow, type HostDevice } from "../../sys/devices.ts";
import { readInRoot } from "../../sys/in-root.ts";
import { ownHardLimits, ownOomScore } from "../../sys/processes.ts";
import { appArmorState, findProgram, selinuxEnabled, sysctlExists } from "../../sys/security-modules.ts";
import type { TaskOptions } from "../runtime.ts";
import defaultProfile from "../seccomp/default-profile.json";
import { parseProfile, resolveProfile } from "../seccomp/resolve-profile.ts";
import { allCapabilities } from "./capabilities.ts";
import type { PlannedDevice } from "./devices.ts";
import type { HostFacts } from "./plan-spec.ts";
import type { AccountFiles } from "./user.ts";

/** What does not change while the engine runs, read once. */
interface Constants {
  readonly capabilities: readonly string[];
  readonly hardLimits: ReadonlyMap<string, number> | undefined;
  readonly lowestOomScore: number;
  readonly apparmor: HostFacts["apparmor"];
  readonly selinux: boolean;
  readonly initPath: string | undefined;
}

let constants: Constants | undefined;

function readConstants(): Constants {
  const capabilities = availableCapabilities()
    .map((number) => allCapabilities[number])
    .filter((name) => name !== undefined);
  const unrestricted = capabilities.includes("CAP_SYS_RESOURCE");
  return {
    capabilities,
    hardLimits: unrestricted ? undefined : ownHardLimits(),
    lowestOomScore: unrestricted ? -1000 : ownOomScore(),
    apparmor: appArmorState("docker-default"),
    selinux: selinuxEnabled(),
    initPath: findProgram("docker-init", "tini-static"),
  };
}

/** The capabilities a privileged container or exec has on this host. */
export function hostCapabilities(): readonly string[] {
  constants ??= readConstants();
  return constants.capabilities;
}

export function gatherFacts(options: TaskOptions): HostFacts {
  constants ??= readConstants();
  const { hardLimits, ...rest } = constants;
  return {
    ...rest,
    cgroups: cgroupFeatures(),
    accounts: readAccounts(options.rootfs),
    devices: plannedDevices(options.hostConfig),
    deviceNumber,
    seccomp: seccompOf,
    kernelHas: sysctlExists,
    hardLimit: (name) => hardLimits?.get(name),
  };
}

export function readAccounts(rootfs: string): AccountFiles {
  return {
    passwd: readInRoot(rootfs, "/etc/passwd")?.toString("utf8") ?? "",
    group: readInRoot(rootfs, "/etc/group")?.toString("utf8") ?? "",
  };
}

const resolved = new Map<string, SpecSeccomp>();

const seccompOf: HostFacts["seccomp"] = (wish, bounding) => {
  if (wish.kind === "unconfined") return undefined;
  const host = { arch: process.arch, kernel: release(), capabilities: bounding };
  if (wish.kind === "profile") return resolveProfile(parseProfile(wish.text), host);
  const key = bounding.join(" ");
  let profile = resolved.get(key);
  if (!profile) {
    profile = resolveProfile(defaultProfile, host);
    resolved.set(key, profile);
  }
  return profile;
};

function plannedDevices(host: HostConfig): readonly PlannedDevice[] {
  if (host.Privileged) return devicesBelow("/dev").map((device) => planned(device, device.path, "rwm"));
  return (host.Devices ?? []).flatMap(({ PathOnHost, PathInContainer, CgroupPermissions }) => {
    const found = findDevices(PathOnHost);
    const access = CgroupPermissions === "" ? "rwm" : CgroupPermissions;
    const inside = PathInContainer === "" ? PathOnHost : PathInContainer;
    if (found.length === 1 && found[0]?.single) return [planned(found[0].device, inside, access)];
    return found.map(({ device, below }) => planned(device, posix.join(inside, below), access));
  });
}

function findDevices(path: string): { device: HostDevice; below: string; single: boolean }[] {
  const wrong = (why: string) =>
    invalidArgument(
      `error gathering device information while adding custom device ${JSON.stringify(path)}: ${why}`,
    );
  let devices: readonly HostDevice[] | undefined;
  try {
    devices = devicesAt(path);
  } catch {
    throw wrong("no such file or directory");
  }
  const [first] = devices ?? [];
  if (!devices || !first) throw wrong("not a device node");
  return devices.map((device) => ({
    device,
    below: posix.relative(path, device.path),
    single: device.path === path || !device.path.startsWith(`${path}/`),
  }));
}

function planned(host: HostDevice, path: string, access: string): PlannedDevice {
  const { type, major, minor, mode, uid, gid } = host;
  return { device: { path, type, major, minor, fileMode: mode, uid, gid }, access };
}
