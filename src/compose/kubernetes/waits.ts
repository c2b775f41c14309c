import type { Yaml } from "../../lib/yaml-text.ts";
import type { Service } from "../model/service.ts";
import { about, type Conversion, type Manifest } from "./conversion.ts";
import { podOwner } from "./kind.ts";
import { portsOf } from "./ports.ts";

/** What waits are done with: anything that has `nc` and `nslookup`, and anything that has `kubectl`. */
const waitImages = { network: "busybox:1.37", job: "registry.k8s.io/kubectl:v1.34.1" } as const;

export interface Waits {
  readonly initContainers: readonly Yaml[];
  /** Whether the Pod asks the cluster about Jobs. */
  readonly forJobs: boolean;
}

/** Conditions of `depends_on` as containers that end when the condition holds. */
export function waitsOf(conversion: Conversion, service: Service, group: readonly Service[]): Waits {
  const initContainers: Yaml[] = [];
  let forJobs = false;
  for (const [name, { condition, required, restart }] of Object.entries(service.depends_on ?? {})) {
    const other = conversion.project.services[name];
    const attribute = `depends_on.${name}`;
    const changed = (text: string) => conversion.notes.changed(about(service), attribute, text);
    if (!other || group.includes(podOwner(conversion.project, other))) continue;
    if (restart)
      conversion.notes.lost(about(service), `${attribute}.restart`, `a new ${name} does not restart it`);
    if (!required) {
      changed("it is not required: nothing waits for it");
      continue;
    }
    if (condition === "service_completed_successfully") {
      initContainers.push(waitForJob(conversion, other));
      forJobs = true;
    } else if (condition === "service_healthy") {
      initContainers.push(waitForReadiness(conversion, other));
      if (other.healthcheck === undefined)
        changed("health checks of images are not known here: its probe has to be added by hand");
    } else changed("everything starts at once: it has to try again until the other one answers");
  }
  return { initContainers, forJobs };
}

const restrained = {
  runAsNonRoot: true,
  runAsUser: 65534,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
} as const;

/** A Service leads only to Pods that are ready, and the name of a headless one is only known then. */
function waitForReadiness(conversion: Conversion, other: Service): Yaml {
  const name = conversion.nameOf(other.name);
  const port = portsOf(other).find(({ protocol }) => protocol === "TCP")?.port;
  const test =
    port === undefined
      ? `nslookup ${name}.${conversion.namespace}.svc.cluster.local >/dev/null 2>&1`
      : `nc -z -w 2 ${name} ${port}`;
  return {
    name: `wait-for-${name}`.slice(0, 63),
    image: waitImages.network,
    command: ["/bin/sh", "-c", `until ${test}; do sleep 1; done`],
    securityContext: restrained,
  };
}

function waitForJob(conversion: Conversion, other: Service): Yaml {
  const name = conversion.nameOf(other.name);
  return {
    name: `wait-for-${name}`.slice(0, 63),
    image: waitImages.job,
    command: [
      "kubectl",
      "wait",
      `--namespace=${conversion.namespace}`,
      "--for=condition=complete",
      "--timeout=-1s",
      `job/${name}`,
    ],
    securityContext: restrained,
  };
}

export function waiterName(conversion: Conversion): string {
  return conversion.aliasName(`${conversion.project.name}-waiter`);
}

/** The right to look at Jobs, for Pods that wait for one. */
export function waiterManifests(conversion: Conversion): readonly Manifest[] {
  const waits = Object.values(conversion.project.services).some((service) =>
    Object.entries(service.depends_on ?? {}).some(
      ([name, { condition, required }]) =>
        required && condition === "service_completed_successfully" && conversion.project.services[name],
    ),
  );
  if (!waits) return [];
  const name = waiterName(conversion);
  const group = "rbac.authorization.k8s.io";
  return [
    conversion.manifest("v1", "ServiceAccount", name, {}),
    conversion.manifest(`${group}/v1`, "Role", name, {
      rules: [{ apiGroups: ["batch"], resources: ["jobs"], verbs: ["get", "list", "watch"] }],
    }),
    conversion.manifest(`${group}/v1`, "RoleBinding", name, {
      roleRef: { apiGroup: group, kind: "Role", name },
      subjects: [{ kind: "ServiceAccount", name, namespace: conversion.namespace }],
    }),
  ];
}
