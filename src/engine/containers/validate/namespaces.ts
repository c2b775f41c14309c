import { notImplemented } from "../../../errors/engine-error.ts";
import type { ContainerConfig } from "../../../records/container-config.ts";
import { parseCgroupnsMode, parseIpcMode, parsePidMode, parseUsernsMode, parseUtsMode } from "../modes.ts";
import { type Draft, refuse } from "./draft.ts";

/** Modes of pid, ipc, uts, user and cgroup namespaces; the engine's defaults are filled in. */
export function checkNamespaces(config: ContainerConfig, { hostConfig, host, warnings }: Draft): void {
  if (hostConfig.UTSMode === "host" && (config.Hostname !== "" || config.Domainname !== "")) {
    const what = config.Hostname !== "" ? "hostname" : "domainname";
    throw refuse(`conflicting options: ${what} and the UTS mode`);
  }
  parseUtsMode(hostConfig.UTSMode);
  parsePidMode(hostConfig.PidMode);
  parseUsernsMode(hostConfig.UsernsMode);
  if (hostConfig.IpcMode === "") hostConfig.IpcMode = host.defaultIpcMode;
  parseIpcMode(hostConfig.IpcMode);
  if (hostConfig.Cgroup !== "") {
    throw notImplemented("sharing another container's cgroup (HostConfig.Cgroup) is not supported");
  }
  if (/(?:^|\/)\.\.(?:\/|$)/.test(hostConfig.CgroupParent)) {
    throw refuse(`invalid cgroup-parent: ${hostConfig.CgroupParent}`);
  }
  fillCgroupNamespace({ hostConfig, host, warnings });
}

/** Privileged containers manage the host's cgroups on cgroup v1, and see their own only on v2. */
function fillCgroupNamespace({ hostConfig, host, warnings }: Draft): void {
  if (hostConfig.CgroupnsMode === "") {
    hostConfig.CgroupnsMode =
      hostConfig.Privileged && host.cgroupVersion === 1 ? "host" : host.defaultCgroupnsMode;
  }
  if (parseCgroupnsMode(hostConfig.CgroupnsMode).kind === "private" && !host.cgroupNamespaces) {
    warnings.push("Your kernel does not support cgroup namespaces.  Cgroup namespace setting discarded.");
    hostConfig.CgroupnsMode = "host";
  }
}
