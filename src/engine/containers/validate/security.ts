import { notImplemented } from "../../../errors/engine-error.ts";
import { parseIpcMode, parseNetworkMode, parseUtsMode } from "../modes.ts";
import { type Draft, quoted, refuse } from "./draft.ts";

/** Capabilities, security options, sysctls, masked paths, annotations. After the namespaces are filled in. */
export function checkSecurity(draft: Draft): void {
  const { hostConfig, host } = draft;
  checkCapabilities(hostConfig.CapAdd ?? [], "CapAdd", host.capabilities);
  checkCapabilities(hostConfig.CapDrop ?? [], "CapDrop", host.capabilities);
  for (const key of Object.keys(hostConfig.Annotations ?? {})) {
    if (key === "") {
      throw refuse("invalid Annotations: the empty string is not permitted as an annotation key");
    }
    // crun and runc take orders through these, some of which would undo the sandbox.
    if (key.startsWith("run.oci."))
      throw refuse(`invalid Annotations: ${quoted(key)} is reserved for the engine`);
  }
  for (const option of hostConfig.SecurityOpt ?? []) checkSecurityOption(option, draft);
  labelSharedNamespaces(hostConfig);
  if (!hostConfig.Privileged) {
    hostConfig.MaskedPaths ??= host.maskedPaths;
    hostConfig.ReadonlyPaths ??= host.readonlyPaths;
  }
  for (const key of Object.keys(hostConfig.Sysctls ?? {})) checkSysctl(key, hostConfig);
}

/** Every capability Linux has had, whether or not this kernel knows it. */
const knownCapabilities = new Set(
  `AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND BPF CHECKPOINT_RESTORE CHOWN DAC_OVERRIDE DAC_READ_SEARCH
  FOWNER FSETID IPC_LOCK IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN
  NET_BIND_SERVICE NET_BROADCAST NET_RAW PERFMON SETFCAP SETGID SETPCAP SETUID SYSLOG SYS_ADMIN SYS_BOOT
  SYS_CHROOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG WAKE_ALARM`
    .split(/\s+/)
    .map((name) => `CAP_${name}`),
);

function checkCapabilities(asked: readonly string[], field: string, available: ReadonlySet<string>): void {
  for (const name of asked) {
    const upper = name.toUpperCase();
    if (upper === "ALL") continue;
    const capability = upper.startsWith("CAP_") ? upper : `CAP_${upper}`;
    if (!knownCapabilities.has(capability)) {
      throw refuse(`invalid ${field}: unknown capability: ${quoted(capability)}`);
    }
    if (!available.has(capability)) {
      throw refuse(
        `invalid ${field}: capability not supported by your kernel or not available in the current environment: ${quoted(capability)}`,
      );
    }
  }
}

function checkSecurityOption(option: string, { host, warnings }: Draft): void {
  if (option === "no-new-privileges" || option === "disable") return;
  if (option === "writable-cgroups") throw writableCgroups();
  const separator = option.indexOf(option.includes("=") ? "=" : ":");
  if (separator < 0) throw refuse(`invalid --security-opt 1: ${quoted(option)}`);
  const value = option.slice(separator + 1);
  switch (option.slice(0, separator)) {
    case "label":
      if (!host.seLinux && value !== "disable") {
        warnings.push(`SELinux is not enabled on this host. Label option ${quoted(value)} discarded.`);
      }
      return;
    case "apparmor":
      if (!host.appArmor && value !== "" && value !== "unconfined") {
        warnings.push(`AppArmor is not enabled on this host. Profile ${quoted(value)} discarded.`);
      }
      return;
    case "seccomp":
      checkSeccomp(value);
      return;
    case "no-new-privileges":
      if (!isBoolean(value)) throw refuse(`invalid --security-opt 2: ${quoted(option)}`);
      return;
    case "writable-cgroups":
      if (!isBoolean(value)) throw refuse(`invalid --security-opt 2: ${quoted(option)}`);
      if (/^[1t]/i.test(value)) throw writableCgroups();
      return;
    default:
      throw refuse(`invalid --security-opt 2: ${quoted(option)}`);
  }
}

const writableCgroups = () => notImplemented("--security-opt writable-cgroups is not supported");

const isBoolean = (text: string) => /^(?:1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/.test(text);

/** The profile itself travels in the option; clients read the file. */
function checkSeccomp(value: string): void {
  if (value === "" || value === "unconfined" || value === "builtin") return;
  let profile: unknown;
  try {
    profile = JSON.parse(value);
  } catch {
    throw refuse(`Decoding seccomp profile failed: ${quoted(value.slice(0, 80))} is not JSON`);
  }
  if (typeof profile !== "object" || profile === null || Array.isArray(profile)) {
    throw refuse("Decoding seccomp profile failed: the profile is not a JSON object");
  }
}

/** Who shares the host's pids or ipc cannot be separated by labels; Docker shows it like this. */
function labelSharedNamespaces(hostConfig: Draft["hostConfig"]): void {
  const options = hostConfig.SecurityOpt ?? [];
  if (options.some((option) => option.split("=", 1)[0] === "label")) return;
  if (hostConfig.IpcMode === "host" || hostConfig.PidMode === "host" || hostConfig.Privileged) {
    hostConfig.SecurityOpt = [...options, "label=disable"];
  }
}

const ipcSysctls = new Set(
  "kernel.msgmax kernel.msgmnb kernel.msgmni kernel.sem kernel.shmall kernel.shmmax kernel.shmmni kernel.shm_rmid_forced".split(
    " ",
  ),
);

/** Only what belongs to a namespace of the container's own may be set. */
function checkSysctl(key: string, hostConfig: Draft["hostConfig"]): void {
  const shared = (what: string) => refuse(`sysctl ${quoted(key)} not allowed in host ${what} namespace`);
  const name = key.replaceAll("/", ".");
  if (name.startsWith("net.")) {
    if (parseNetworkMode(hostConfig.NetworkMode).kind === "host") throw shared("network");
  } else if (ipcSysctls.has(name) || name.startsWith("fs.mqueue.")) {
    if (parseIpcMode(hostConfig.IpcMode).kind === "host") throw shared("ipc");
  } else if (name === "kernel.domainname") {
    if (parseUtsMode(hostConfig.UTSMode).kind === "host") throw shared("uts");
  } else if (name === "kernel.hostname") {
    throw refuse(`sysctl ${quoted(key)} is not allowed as it conflicts with the hostname of the container`);
  } else {
    throw refuse(`sysctl ${quoted(key)} is not in a separate kernel namespace`);
  }
}
