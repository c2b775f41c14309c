import type { Service } from "../../model/service.ts";
import { scaleOf } from "../../names.ts";
import { invalid, type Note } from "./note.ts";

/** Things that can be said in two ways must be said the same way. */
export function checkAmounts(service: Service, note: Note): void {
  const { name, deploy, scale } = service;
  const of = `services.${name}`;
  const replicas = deploy?.replicas;
  if (scale !== undefined && replicas !== undefined && scale !== replicas) {
    note(["scale"], `${of}: can't set distinct values on 'scale' and 'deploy.replicas': ${invalid}`);
  }
  if (scale !== undefined && scale < 0) note(["scale"], `${of}.scale: must be greater than or equal to 0`);
  if (scale === undefined && replicas !== undefined && replicas < 0) {
    note(["deploy", "replicas"], `${of}.deploy.replicas: must be greater than or equal to 0`);
  }
  checkLimits(service, note);
  if (scaleOf(service) > 1 && service.container_name) {
    const attribute = scale === undefined ? "deploy.replicas" : "scale";
    note(
      ["container_name"],
      `services.${attribute}: can't set container_name and ${name} as container name must be unique: ${invalid}`,
    );
  }
  for (const [index, { target, action }] of (service.develop?.watch ?? []).entries()) {
    if (target || action === "rebuild" || action === "restart") continue;
    note(
      ["develop", "watch", index],
      `${of}.develop.watch: target is required for non-rebuild actions: ${invalid}`,
    );
  }
  const test = service.healthcheck?.test?.[0];
  if (test !== undefined && !["CMD", "CMD-SHELL", "NONE"].includes(test)) {
    note(["healthcheck", "test"], 'healthcheck.test must start either by "CMD", "CMD-SHELL" or "NONE"');
  }
}

function checkLimits(service: Service, note: Note): void {
  const { limits, reservations } = service.deploy?.resources ?? {};
  const pairs = [
    ["cpus", service.cpus, limits, limits?.cpus, "limits.cpus"],
    ["mem_limit", service.mem_limit, limits, limits?.memory, "limits.memory"],
    ["mem_reservation", service.mem_reservation, reservations, reservations?.memory, "reservations.memory"],
    ["pids_limit", service.pids_limit, limits, limits?.pids, "limits.pids"],
  ] as const;
  for (const [key, own, resources, other, path] of pairs) {
    if (own === undefined || resources === undefined || own === other) continue;
    note(
      [key],
      `services.${service.name}: can't set distinct values on '${key}' and 'deploy.resources.${path}': ${invalid}`,
    );
  }
}

/** Two mounts at one place would hide one another. */
export function checkMounts({ name, tmpfs = [], volumes = [] }: Service, note: Note): void {
  const taken = new Map<string, string>();
  const take = (target: string, key: string, index: number) => {
    const here = `services.${name}.${key}[${index}]`;
    const before = taken.get(target);
    if (before !== undefined) note([key, index], `${here}: target ${target} already mounted as ${before}`);
    else taken.set(target, here);
  };
  for (const [index, entry] of tmpfs.entries()) take(entry.split(":")[0] ?? entry, "tmpfs", index);
  for (const [index, { target = "" }] of volumes.entries()) take(target, "volumes", index);
}
