import { invalidArgument } from "../../errors/engine-error.ts";
import type { SpecCapabilities } from "../../oci/runtime-spec.ts";
import type { HostConfig } from "../../records/container-config.ts";

/** Docker's default set, in its order. */
export const defaultCapabilities: readonly string[] = [
  "CAP_CHOWN",
  "CAP_DAC_OVERRIDE",
  "CAP_FSETID",
  "CAP_FOWNER",
  "CAP_MKNOD",
  "CAP_NET_RAW",
  "CAP_SETGID",
  "CAP_SETUID",
  "CAP_SETFCAP",
  "CAP_SETPCAP",
  "CAP_NET_BIND_SERVICE",
  "CAP_SYS_CHROOT",
  "CAP_KILL",
  "CAP_AUDIT_WRITE",
];

/** All names in the order of their numbers; the kernel's own count may be lower. */
export const allCapabilities: readonly string[] = [
  "CAP_CHOWN",
  "CAP_DAC_OVERRIDE",
  "CAP_DAC_READ_SEARCH",
  "CAP_FOWNER",
  "CAP_FSETID",
  "CAP_KILL",
  "CAP_SETGID",
  "CAP_SETUID",
  "CAP_SETPCAP",
  "CAP_LINUX_IMMUTABLE",
  "CAP_NET_BIND_SERVICE",
  "CAP_NET_BROADCAST",
  "CAP_NET_ADMIN",
  "CAP_NET_RAW",
  "CAP_IPC_LOCK",
  "CAP_IPC_OWNER",
  "CAP_SYS_MODULE",
  "CAP_SYS_RAWIO",
  "CAP_SYS_CHROOT",
  "CAP_SYS_PTRACE",
  "CAP_SYS_PACCT",
  "CAP_SYS_ADMIN",
  "CAP_SYS_BOOT",
  "CAP_SYS_NICE",
  "CAP_SYS_RESOURCE",
  "CAP_SYS_TIME",
  "CAP_SYS_TTY_CONFIG",
  "CAP_MKNOD",
  "CAP_LEASE",
  "CAP_AUDIT_WRITE",
  "CAP_AUDIT_CONTROL",
  "CAP_SETFCAP",
  "CAP_MAC_OVERRIDE",
  "CAP_MAC_ADMIN",
  "CAP_SYSLOG",
  "CAP_WAKE_ALARM",
  "CAP_BLOCK_SUSPEND",
  "CAP_AUDIT_READ",
  "CAP_PERFMON",
  "CAP_BPF",
  "CAP_CHECKPOINT_RESTORE",
];

/**
 * The bounding set of a container. `available` is what the engine itself may hand on:
 * a capability it lacks cannot be given to anybody, and is left out of `ALL` and of
 * privileged, while one that was named explicitly stays for the runtime to refuse.
 */
export function boundingSet(
  host: Pick<HostConfig, "CapAdd" | "CapDrop" | "Privileged">,
  available: readonly string[],
): readonly string[] {
  if (host.Privileged) return available;
  const add = normalise("CapAdd", host.CapAdd);
  const drop = normalise("CapDrop", host.CapDrop);
  const added = add.filter((cap) => cap !== "ALL");
  if (add.includes("ALL")) return available.filter((cap) => !drop.includes(cap));
  if (drop.includes("ALL")) return added;
  return [...defaultCapabilities.filter((cap) => !drop.includes(cap) && !added.includes(cap)), ...added];
}

function normalise(field: string, names: readonly string[] | null): string[] {
  const known: string[] = [];
  for (const name of names ?? []) {
    const upper = name.toUpperCase();
    const full = upper === "ALL" || upper.startsWith("CAP_") ? upper : `CAP_${upper}`;
    if (full !== "ALL" && !allCapabilities.includes(full)) {
      throw invalidArgument(`invalid ${field}: unknown capability: "${full}"`);
    }
    if (!known.includes(full)) known.push(full);
  }
  return known;
}

/** Only root keeps them over execve, so for anybody else the sets stay empty but the bounding one. */
export function capabilitySets(bounding: readonly string[], uid: number): SpecCapabilities {
  return uid === 0
    ? { bounding, effective: bounding, permitted: bounding }
    : { bounding, effective: [], permitted: [] };
}
