import { invalidArgument, messageOf } from "../../errors/engine-error.ts";
import type { SpecSeccomp, SpecSyscallArgument, SpecSyscallRule } from "../../oci/runtime-spec.ts";

/** A seccomp profile as Docker's users write it: rules with conditions, resolved per container. */
interface Profile {
  readonly defaultAction: string;
  readonly defaultErrnoRet?: number | null;
  readonly architectures?: readonly string[] | null;
  readonly archMap?:
    | readonly { readonly architecture: string; readonly subArchitectures?: readonly string[] | null }[]
    | null;
  readonly flags?: readonly string[] | null;
  readonly listenerPath?: string;
  readonly listenerMetadata?: string;
  readonly syscalls?: readonly ProfileRule[] | null;
}

interface Condition {
  readonly caps?: readonly string[] | null;
  readonly arches?: readonly string[] | null;
  readonly minKernel?: string | null;
}

interface ProfileRule {
  readonly name?: string;
  readonly names?: readonly string[] | null;
  readonly action: string;
  readonly errnoRet?: number | null;
  readonly args?: readonly SpecSyscallArgument[] | null;
  readonly includes?: Condition | null;
  readonly excludes?: Condition | null;
}

/** What conditions are judged by. */
export interface SeccompHost {
  /** Node's name of the architecture. */
  readonly arch: string;
  /** `uname -r`. */
  readonly kernel: string;
  /** The container's bounding set. */
  readonly capabilities: readonly string[];
}

/** Go's name and libseccomp's name of an architecture. */
const archNames: Readonly<Record<string, readonly [go: string, seccomp: string]>> = {
  x64: ["amd64", "SCMP_ARCH_X86_64"],
  ia32: ["x86", "SCMP_ARCH_X86"],
  arm64: ["arm64", "SCMP_ARCH_AARCH64"],
  arm: ["arm", "SCMP_ARCH_ARM"],
  riscv64: ["riscv64", "SCMP_ARCH_RISCV64"],
  loong64: ["loong64", "SCMP_ARCH_LOONGARCH64"],
  ppc64: ["ppc64le", "SCMP_ARCH_PPC64LE"],
  s390x: ["s390x", "SCMP_ARCH_S390X"],
};

export function parseProfile(text: string): Profile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalidArgument(`Decoding seccomp profile failed: ${messageOf(error)}`, error);
  }
  if (!isProfile(value)) {
    throw invalidArgument("Decoding seccomp profile failed: it needs a defaultAction and a list of syscalls");
  }
  if ((value.architectures?.length ?? 0) > 0 && (value.archMap?.length ?? 0) > 0) {
    throw invalidArgument(
      "both 'architectures' and 'archMap' are specified in the seccomp profile, use either 'architectures' or 'archMap'",
    );
  }
  for (const rule of value.syscalls ?? []) {
    if (rule.name && (rule.names?.length ?? 0) > 0) {
      throw invalidArgument(
        "both 'name' and 'names' are specified in the seccomp profile, use either 'name' or 'names'",
      );
    }
  }
  return value;
}

function isProfile(value: unknown): value is Profile {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const { defaultAction, syscalls } = value as Partial<Record<keyof Profile, unknown>>;
  if (typeof defaultAction !== "string" || defaultAction === "") return false;
  if (syscalls === undefined || syscalls === null) return true;
  return (
    Array.isArray(syscalls) &&
    syscalls.every((rule) => {
      if (typeof rule !== "object" || rule === null || typeof rule.action !== "string") return false;
      return Array.isArray(rule.names) || typeof rule.name === "string";
    })
  );
}

/** The profile with every condition decided: what the OCI runtime understands. */
export function resolveProfile(profile: Profile, host: SeccompHost): SpecSeccomp {
  const [goArch, seccompArch] = archNames[host.arch] ?? [host.arch, ""];
  const syscalls: SpecSyscallRule[] = [];
  for (const rule of profile.syscalls ?? []) {
    if (rule.excludes && excluded(rule.excludes, goArch, host)) continue;
    if (rule.includes && !included(rule.includes, goArch, host)) continue;
    syscalls.push({
      names: rule.name ? [rule.name] : (rule.names ?? []),
      action: rule.action,
      ...(typeof rule.errnoRet === "number" ? { errnoRet: rule.errnoRet } : {}),
      ...(rule.args && rule.args.length > 0 ? { args: rule.args } : {}),
    });
  }
  const architectures = architecturesOf(profile, seccompArch);
  return {
    defaultAction: profile.defaultAction,
    ...(typeof profile.defaultErrnoRet === "number" ? { defaultErrnoRet: profile.defaultErrnoRet } : {}),
    ...(architectures.length > 0 ? { architectures } : {}),
    ...(profile.flags && profile.flags.length > 0 ? { flags: profile.flags } : {}),
    ...(profile.listenerPath ? { listenerPath: profile.listenerPath } : {}),
    ...(profile.listenerMetadata ? { listenerMetadata: profile.listenerMetadata } : {}),
    syscalls,
  };
}

function architecturesOf(profile: Profile, native: string): readonly string[] {
  if (profile.architectures && profile.architectures.length > 0) return profile.architectures;
  const entry = profile.archMap?.find((candidate) => candidate.architecture === native);
  return entry ? [entry.architecture, ...(entry.subArchitectures ?? [])] : [];
}

function excluded(condition: Condition, arch: string, host: SeccompHost): boolean {
  if (condition.arches?.includes(arch)) return true;
  if (condition.caps?.some((cap) => host.capabilities.includes(cap))) return true;
  return condition.minKernel ? kernelAtLeast(host.kernel, condition.minKernel) : false;
}

function included(condition: Condition, arch: string, host: SeccompHost): boolean {
  if (condition.arches && condition.arches.length > 0 && !condition.arches.includes(arch)) return false;
  if (condition.caps && !condition.caps.every((cap) => host.capabilities.includes(cap))) return false;
  return condition.minKernel ? kernelAtLeast(host.kernel, condition.minKernel) : true;
}

export function kernelAtLeast(release: string, minimum: string): boolean {
  const [major = 0, minor = 0] = numbers(release);
  const [wantMajor = 0, wantMinor = 0] = numbers(minimum);
  return major > wantMajor || (major === wantMajor && minor >= wantMinor);
}

const numbers = (version: string) => (version.match(/\d+/g) ?? []).slice(0, 2).map(Number);
