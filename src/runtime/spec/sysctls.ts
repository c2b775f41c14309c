import type { TaskOptions } from "../runtime.ts";

/** Docker's defaults for a network namespace of one's own: no privilege for low ports and for ping. */
const networkDefaults: Readonly<Record<string, string>> = {
  "net.ipv4.ip_unprivileged_port_start": "0",
  "net.ipv4.ping_group_range": "0 2147483647",
};

export function planSysctls(
  options: Pick<TaskOptions, "config" | "hostConfig" | "namespaces">,
  kernelHas: (sysctl: string) => boolean,
): Readonly<Record<string, string>> {
  const { config, hostConfig, namespaces } = options;
  const planned: Record<string, string> = {};
  const ownNetwork = namespaces.network.kind !== "host" && !hostConfig.NetworkMode.startsWith("container:");
  if (ownNetwork) {
    for (const [name, value] of Object.entries(networkDefaults)) if (kernelHas(name)) planned[name] = value;
  }
  if (config.Domainname !== "" && namespaces.uts.kind === "new")
    planned["kernel.domainname"] = config.Domainname;
  return { ...planned, ...hostConfig.Sysctls };
}
