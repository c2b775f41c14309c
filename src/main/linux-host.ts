import type { Host } from "../engine/host.ts";
import {
  ipv4Forwarding,
  machineFacts,
  openFileDescriptors,
  runHostCommand,
  systemCpuNs,
} from "../sys/host.ts";

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
