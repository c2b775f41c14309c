import type { Project } from "../model/project.ts";
import type { Service } from "../model/service.ts";

export type WorkloadKind = "Deployment" | "StatefulSet" | "DaemonSet" | "Job";

export interface Choice {
  readonly kind: WorkloadKind;
  readonly why: string;
}

/** The rules, in their order; the output repeats the one that was taken. */
export function workloadKind(project: Project, service: Service): Choice {
  const mode = service.deploy?.mode;
  if (mode === "replicated-job" || mode === "global-job")
    return { kind: "Job", why: `deploy.mode is ${JSON.stringify(mode)}` };
  const waiting = Object.values(project.services).find(
    ({ depends_on: needs }) => needs?.[service.name]?.condition === "service_completed_successfully",
  );
  if (waiting) return { kind: "Job", why: `${waiting.name} waits until it has completed` };
  if (runsOnce(service)) return { kind: "Job", why: "it is not restarted, and has neither ports nor health" };
  if (mode === "global") return { kind: "DaemonSet", why: 'deploy.mode is "global": one on every node' };
  const [own] = ownClaims(project, service);
  if (own !== undefined)
    return {
      kind: "StatefulSet",
      why: `the volume ${JSON.stringify(own)} is its own: each replica has a claim`,
    };
  return { kind: "Deployment", why: "nothing of it must outlive a Pod" };
}

/** `no` is what Compose does where nothing is said, so it counts only where it is written. */
function runsOnce({ restart, deploy, ports = [], expose = [], healthcheck }: Service): boolean {
  const isOnce = restart === "no" || deploy?.restart_policy?.condition === "none";
  return isOnce && ports.length === 0 && expose.length === 0 && healthcheck === undefined;
}

/** Volumes of one service alone, which it writes to. */
export function ownClaims(project: Project, service: Service): readonly string[] {
  const written = claimsOf(service).flatMap(({ key, readOnly }) => (readOnly ? [] : key));
  return [...new Set(written)]
    .filter((key) => project.volumes[key] !== undefined && project.volumes[key].external !== true)
    .filter((key) => usersOf(project, key).length === 1);
}

export function claimsOf(service: Service): readonly { key: string; readOnly: boolean }[] {
  return (service.volumes ?? []).flatMap(({ type, source, read_only }) =>
    type === "volume" && source ? { key: source, readOnly: read_only === true } : [],
  );
}

/** Services whose Pods mount a volume; those that live in the Pod of another one count as that one. */
export function usersOf(project: Project, volume: string): readonly string[] {
  const users = Object.values(project.services).filter((service) => {
    const from = (service.volumes_from ?? []).map((text) => project.services[text.split(":")[0] ?? ""]);
    return [service, ...from].some((one) => one && claimsOf(one).some(({ key }) => key === volume));
  });
  return [...new Set(users.map((service) => podOwner(project, service).name))];
}

/** `network_mode: service:x`: the same network namespace is the same Pod. */
export function podOwner(project: Project, service: Service): Service {
  let owner = service;
  const seen = new Set<string>();
  while (owner.network_mode?.startsWith("service:") && !seen.has(owner.name)) {
    seen.add(owner.name);
    const next = project.services[owner.network_mode.slice("service:".length)];
    if (!next) break;
    owner = next;
  }
  return owner;
}

export function companionsOf(project: Project, service: Service): readonly Service[] {
  return Object.values(project.services).filter(
    (other) => other !== service && podOwner(project, other) === service,
  );
}
