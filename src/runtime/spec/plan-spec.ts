import { invalidArgument } from "../../errors/engine-error.ts";
import type { RuntimeSpec, SpecLinux, SpecProcess, SpecSeccomp } from "../../oci/runtime-spec.ts";
import type { TaskOptions } from "../runtime.ts";
import { boundingSet, capabilitySets } from "./capabilities.ts";
import { deviceRules, type PlannedDevice, refuseDeviceRequests } from "./devices.ts";
import { initDestination, planMounts, rootfsPropagation } from "./mounts.ts";
import { planNamespaces } from "./namespaces.ts";
import { protectedPaths } from "./paths.ts";
import { type CgroupFeatures, planResources } from "./resources.ts";
import { planRlimits } from "./rlimits.ts";
import { parseSecurityOptions, type SecurityOptions } from "./security-options.ts";
import { planSysctls } from "./sysctls.ts";
import { type AccountFiles, resolveUser } from "./user.ts";

/** What the plan depends on besides the wishes; gathered by `host-facts.ts`, invented by tests. */
export interface HostFacts {
  readonly capabilities: readonly string[];
  readonly cgroups: CgroupFeatures;
  readonly accounts: AccountFiles;
  /** Devices of `--device`, or all of the host's for a privileged container. */
  readonly devices: readonly PlannedDevice[];
  readonly deviceNumber: (path: string) => { major: number; minor: number };
  readonly apparmor: { readonly enabled: boolean; readonly defaultLoaded: boolean };
  readonly selinux: boolean;
  readonly seccomp: (
    wish: SecurityOptions["seccomp"],
    bounding: readonly string[],
  ) => SpecSeccomp | undefined;
  readonly kernelHas: (sysctl: string) => boolean;
  readonly hardLimit: (name: string) => number | undefined;
  /** The lowest oom_score_adj the engine may set. */
  readonly lowestOomScore: number;
  readonly initPath: string | undefined;
}

/** The OCI spec of a container: pure, every decision in one place, golden-tested. */
export function planSpec(options: TaskOptions, facts: HostFacts): RuntimeSpec {
  const { hostConfig, namespaces } = options;
  refuseDeviceRequests(hostConfig.DeviceRequests);
  const security = parseSecurityOptions(hostConfig);
  const bounding = boundingSet(hostConfig, facts.capabilities);
  const annotations = checkAnnotations(hostConfig.Annotations ?? {});
  if (options.init && !facts.initPath)
    throw invalidArgument("--init needs tini, which is not installed on this host");
  return {
    ociVersion: "1.0.2",
    process: planProcess(options, facts, security, bounding),
    root: { path: options.rootfs, ...(hostConfig.ReadonlyRootfs ? { readonly: true } : {}) },
    ...(namespaces.uts.kind === "new" ? { hostname: options.hostname } : {}),
    mounts: planMounts({
      own: options.mounts,
      ipc: namespaces.ipc,
      ipcMode: hostConfig.IpcMode,
      shmSize: hostConfig.ShmSize,
      privileged: hostConfig.Privileged,
      writableCgroups: security.writableCgroups,
      readonlyRootfs: hostConfig.ReadonlyRootfs,
      ...(options.init && facts.initPath ? { initPath: facts.initPath } : {}),
    }),
    ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
    linux: planLinux(options, facts, security, bounding),
  };
}

function planProcess(
  options: TaskOptions,
  facts: HostFacts,
  security: SecurityOptions,
  bounding: readonly string[],
): SpecProcess {
  const { config, hostConfig } = options;
  const { home, ...user } = resolveUser(config.User, hostConfig.GroupAdd ?? [], facts.accounts);
  const [height, width] = hostConfig.ConsoleSize;
  const rlimits = planRlimits(
    hostConfig.Ulimits ?? [],
    options.defaultUlimits ?? [],
    facts.hardLimit,
    options.warn,
  );
  const apparmorProfile = planAppArmor(hostConfig.Privileged, security, facts.apparmor);
  return {
    ...(config.Tty ? { terminal: true } : {}),
    ...(config.Tty && height > 0 && width > 0 ? { consoleSize: { height, width } } : {}),
    user,
    args: options.init ? [initDestination, "--", ...options.command] : options.command,
    env: withHome(options.env, home),
    cwd: config.WorkingDir === "" ? "/" : config.WorkingDir,
    capabilities: capabilitySets(bounding, user.uid),
    ...(rlimits.length > 0 ? { rlimits } : {}),
    ...(security.noNewPrivileges ? { noNewPrivileges: true } : {}),
    ...(apparmorProfile ? { apparmorProfile } : {}),
    oomScoreAdj: planOomScore(hostConfig.OomScoreAdj, facts.lowestOomScore, options.warn),
  };
}

/** runc gives every user a HOME, crun only those it finds in the passwd file: so it is given here. */
function withHome(env: readonly string[], home: string): readonly string[] {
  return env.some((entry) => entry.startsWith("HOME=")) ? env : [...env, `HOME=${home}`];
}

function planLinux(
  options: TaskOptions,
  facts: HostFacts,
  security: SecurityOptions,
  bounding: readonly string[],
): SpecLinux {
  const { hostConfig } = options;
  checkLabels(security, facts.selinux, options.warn);
  const { masked, readonly } = protectedPaths(hostConfig, security);
  const sysctl = planSysctls(options, facts.kernelHas);
  const seccomp = facts.seccomp(security.seccomp, bounding);
  const propagation = rootfsPropagation(options.mounts);
  const rules = deviceRules(hostConfig, facts.devices);
  return {
    namespaces: planNamespaces(options.namespaces),
    ...(Object.keys(sysctl).length > 0 ? { sysctl } : {}),
    resources: planResources(hostConfig, rules, facts.cgroups, facts.deviceNumber, options.warn),
    cgroupsPath: cgroupPath(options),
    ...(facts.devices.length > 0 ? { devices: facts.devices.map(({ device }) => device) } : {}),
    ...(seccomp ? { seccomp } : {}),
    ...(masked.length > 0 ? { maskedPaths: masked } : {}),
    ...(readonly.length > 0 ? { readonlyPaths: readonly } : {}),
    ...(propagation ? { rootfsPropagation: propagation } : {}),
  };
}

export function cgroupPath(options: Pick<TaskOptions, "id" | "hostConfig">): string {
  const parent = options.hostConfig.CgroupParent === "" ? "/hull" : options.hostConfig.CgroupParent;
  const clean = parent.split("/").filter((part) => part !== "" && part !== "." && part !== "..");
  return `/${[...clean, options.id].join("/")}`;
}

/** These steer crun itself, past every check made here: a user who could set them could drop the seccomp filter. */
function checkAnnotations(annotations: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  for (const name of Object.keys(annotations)) {
    if (/^(run\.oci\.|module\.wasm\.|org\.systemd\.property\.)/.test(name)) {
      throw invalidArgument(`annotation ${JSON.stringify(name)} is reserved for the engine`);
    }
  }
  return annotations;
}

function planAppArmor(
  privileged: boolean,
  security: SecurityOptions,
  host: HostFacts["apparmor"],
): string | undefined {
  const wish = security.apparmor;
  if (!host.enabled) {
    if (wish !== undefined && wish !== "" && wish !== "unconfined") {
      throw invalidArgument(
        `AppArmor is not enabled on this host: cannot use profile ${JSON.stringify(wish)}`,
      );
    }
    return undefined;
  }
  if (wish) return wish;
  if (privileged) return "unconfined";
  return host.defaultLoaded ? "docker-default" : undefined;
}

function checkLabels(security: SecurityOptions, selinux: boolean, warn: (message: string) => void): void {
  const labels = security.labels.filter((label) => label !== "disable");
  if (labels.length === 0) return;
  if (selinux) throw invalidArgument(`SELinux labels are not supported: --security-opt label=${labels[0]}`);
  warn(`SELinux is not enabled on this host: label=${labels.join(", label=")} has no effect`);
}

function planOomScore(wish: number, lowest: number, warn: (message: string) => void): number {
  if (wish >= lowest) return wish;
  warn(
    `the engine may not lower OOM scores (no CAP_SYS_RESOURCE): oom-score-adj ${wish} is raised to ${lowest}`,
  );
  return lowest;
}

/** The spec as a file. "No limit" is 2^64 - 1 there, which no JavaScript number can carry. */
export function specText(spec: RuntimeSpec | SpecProcess): string {
  return JSON.stringify(spec).replace(/"(soft|hard)":-1(?=[,}])/g, '"$1":18446744073709551615');
}
