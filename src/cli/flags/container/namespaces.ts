import { invalidArgument } from "../../../errors/engine-error.ts";
import { type FlagValues, optionalBooleanFlag, stringFlag } from "../flag.ts";
import { sysctlFlag } from "./sysctl-flag.ts";

export const namespaceFlags = {
  "cgroup-parent": stringFlag("Optional parent cgroup for the container"),
  cgroupns: stringFlag(
    `Cgroup namespace to use (host|private)
'host':    Run the container in the Docker host's cgroup namespace
'private': Run the container in its own private cgroup namespace
'':        Use the cgroup namespace as configured by the
           default-cgroupns-mode option on the daemon (default)`,
  ),
  init: optionalBooleanFlag("Run an init inside the container that forwards signals and reaps processes"),
  ipc: stringFlag("IPC mode to use"),
  isolation: stringFlag("Container isolation technology"),
  pid: stringFlag("PID namespace to use"),
  runtime: stringFlag("Runtime to use for this container"),
  sysctl: sysctlFlag("Sysctl options"),
  userns: stringFlag("User namespace to use"),
  uts: stringFlag("UTS namespace to use"),
};

export function namespacesOf(values: FlagValues<typeof namespaceFlags>) {
  const { pid, uts, userns, cgroupns, init, runtime, sysctl } = values;
  const wrong = (flag: string, word: string) => invalidArgument(`--${flag}: invalid ${word} mode`);
  if (!/^(|host|container:.+)$/.test(pid)) throw wrong("pid", "PID");
  if (!/^(|host)$/.test(uts)) throw wrong("uts", "UTS");
  if (!/^(|host)$/.test(userns)) throw wrong("userns", "USER");
  if (!/^(|host|private)$/.test(cgroupns)) throw wrong("cgroupns", "CGROUP");
  return {
    CgroupnsMode: cgroupns,
    IpcMode: values.ipc,
    Cgroup: "",
    PidMode: pid,
    UTSMode: uts,
    UsernsMode: userns,
    Isolation: values.isolation,
    CgroupParent: values["cgroup-parent"],
    ...(Object.keys(sysctl).length > 0 && { Sysctls: sysctl }),
    ...(runtime !== "" && { Runtime: runtime }),
    ...(init !== undefined && { Init: init }),
  };
}
