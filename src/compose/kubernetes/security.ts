import type { Service } from "../model/service.ts";
import { about, type Conversion, filled, type YamlMap } from "./conversion.ts";
import { capabilityName } from "./words.ts";

export function containerSecurity(conversion: Conversion, service: Service): YamlMap | undefined {
  const { user, cap_add: add, cap_drop: drop, read_only: readOnly, privileged } = service;
  return filled({
    privileged: privileged || undefined,
    readOnlyRootFilesystem: readOnly || undefined,
    ...identity(user, () =>
      conversion.notes.lost(about(service), "user", `${JSON.stringify(user)}: a Pod knows numbers only`),
    ),
    ...securityOptions(service.security_opt ?? [], (option) =>
      conversion.notes.lost(about(service), "security_opt", `${option} has no counterpart`),
    ),
    capabilities: filled({ add: add?.map(capabilityName), drop: drop?.map(capabilityName) }),
  });
}

/** `1000`, `1000:1000`; names are not known before the image is there. */
export function identity(user: string | undefined, unknown: () => void): YamlMap {
  if (user === undefined || user === "") return {};
  const numbers = /^(\d+)(?::(\d+))?$/.exec(user);
  if (user === "root" || user === "root:root")
    return { runAsUser: 0, runAsGroup: user === "root" ? undefined : 0 };
  if (!numbers) {
    unknown();
    return {};
  }
  const [, id, group] = numbers;
  return { runAsUser: Number(id), runAsGroup: group === undefined ? undefined : Number(group) };
}

export function securityOptions(options: readonly string[], unknown: (option: string) => void): YamlMap {
  const found: Record<string, YamlMap | boolean> = {};
  const labels: Record<string, string> = {};
  for (const option of options) {
    const [, key = option, value = ""] = /^([\w-]+)[:=](.*)$/.exec(option) ?? [];
    const [part = "", level = ""] = value.split(/[:=](.*)/s);
    if (key === "no-new-privileges") {
      if (value !== "false") found.allowPrivilegeEscalation = false;
    } else if (key === "seccomp" && value === "unconfined") found.seccompProfile = { type: "Unconfined" };
    else if (key === "label" && ["user", "role", "type", "level"].includes(part)) labels[part] = level;
    else unknown(option);
  }
  return { ...found, seLinuxOptions: filled(labels) };
}

/** Of the whole Pod. */
export function podSecurity(conversion: Conversion, service: Service): YamlMap | undefined {
  const groups: number[] = [];
  for (const group of service.group_add ?? []) {
    if (/^\d+$/.test(group)) groups.push(Number(group));
    else
      conversion.notes.lost(
        about(service),
        "group_add",
        `${JSON.stringify(group)}: a Pod knows numbers only`,
      );
  }
  return filled({
    supplementalGroups: filled(groups),
    sysctls: service.sysctls && Object.entries(service.sysctls).map(([name, value]) => ({ name, value })),
  });
}
