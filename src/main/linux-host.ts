import type { Host } from "../engine/host.ts";
import { cgroupFeatures } from "../sys/cgroups/features.ts";
import {
  ipv4Forwarding,
  machineFacts,
  openFileDescriptors,
  runHostCommand,
  systemCpuNs,
} from "../sys/host.ts";

function cgroupFacts() {
  const features = cgroupFeatures();
  const controllers = [
    ...(features.memory ? ["memory"] : []),
    ...(features.cpuShares ? ["cpu"] : []),
    ...(features.cpuset ? ["cpuset"] : []),
    ...(features.pids ? ["pids"] : []),
    ...(features.blkioThrottle ? ["blkio"] : []),
  ];
  return {
    cgroupVersion: features.version === 2 ? ("2" as const) : ("1" as const),
    cgroupControllers: new Set(controllers),
    swapLimit: features.swap,
  };
}

/** The machine this engine runs on. */
export function linuxHost(dataRoot: string): Host {
  const versions = new Map<string, string>();
  return {
    systemCpuNs,
    openFileDescriptors,
    ipv4Forwarding,
    ps: (args) => runHostCommand(["ps", ...args]),
    facts: async () => ({ ...(await machineFacts(dataRoot)), ...cgroupFacts() }),
    async runtimeVersion(path) {
      const known = versions.get(path);
      if (known !== undefined) return known;
      const { stdout } = await runHostCommand([path, "--version"]);
      const version = /version (\S+)/.exec(stdout)?.[1] ?? "";
      versions.set(path, version);
      return version;
    },
  };
}
