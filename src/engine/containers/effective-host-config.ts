import type { HostConfig } from "../../records/container-config.ts";
import type { ContainerRecord } from "../../records/container-record.ts";
import type { EngineContext } from "../context.ts";

/**
 * A container's host configuration with what the operator set for all containers. It is put
 * together at each start and never recorded: inspect shows what the user asked.
 */
export function effectiveHostConfig(context: EngineContext, record: ContainerRecord): HostConfig {
  const { hostConfig } = record;
  const { cgroupParent, noNewPrivileges, seccompProfile } = context.settings;
  const asked = hostConfig.SecurityOpt ?? [];
  const names = new Set(asked.map((option) => option.split(/[=:]/, 1)[0]));
  const inherited = [
    ...(noNewPrivileges && !names.has("no-new-privileges") ? ["no-new-privileges"] : []),
    ...(seccompProfile && !hostConfig.Privileged && !names.has("seccomp")
      ? [`seccomp=${seccompProfile}`]
      : []),
  ];
  return {
    ...hostConfig,
    CgroupParent: hostConfig.CgroupParent || cgroupParent,
    SecurityOpt: inherited.length > 0 ? [...asked, ...inherited] : hostConfig.SecurityOpt,
  };
}
