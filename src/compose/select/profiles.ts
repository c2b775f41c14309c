import type { Project } from "../model/project.ts";
import type { Service } from "../model/service.ts";

function isActive(service: Service, profiles: readonly string[]): boolean {
  const own = service.profiles ?? [];
  return own.length === 0 || profiles.some((profile) => profile === "*" || own.includes(profile));
}

/** Services no active profile asks for are set aside. */
export function withProfiles(project: Project, profiles: readonly string[]): Project {
  const all = Object.entries({ ...project.services, ...project.disabledServices });
  const [enabled, disabled] = [true, false].map((wanted) =>
    Object.fromEntries(all.filter(([, service]) => isActive(service, profiles) === wanted)),
  );
  return { ...project, profiles, services: enabled ?? {}, disabledServices: disabled ?? {} };
}
