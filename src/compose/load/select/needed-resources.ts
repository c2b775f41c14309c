import type { Project } from "../../model/project.ts";

/** The project without networks, volumes, secrets, configs and models that no enabled service uses. */
export function withoutUnneededResources(project: Project): Project {
  const services = Object.values(project.services);
  const used = {
    networks: services.flatMap(({ networks }) => Object.keys(networks ?? {})),
    volumes: services.flatMap(({ volumes = [] }) =>
      volumes.flatMap(({ type, source }) => (type === "volume" && source ? [source] : [])),
    ),
    secrets: services.flatMap(({ secrets = [], build }) =>
      [...secrets, ...(build?.secrets ?? [])].map(({ source }) => source),
    ),
    configs: services.flatMap(({ configs = [] }) => configs.map(({ source }) => source)),
    models: services.flatMap(({ models }) => Object.keys(models ?? {})),
  };
  return {
    ...project,
    networks: only(project.networks, used.networks),
    volumes: only(project.volumes, used.volumes),
    secrets: only(project.secrets, used.secrets),
    configs: only(project.configs, used.configs),
    models: only(project.models, used.models),
  };
}

function only<T>(all: Readonly<Record<string, T>>, names: readonly string[]): Readonly<Record<string, T>> {
  const wanted = new Set(names);
  return Object.fromEntries(Object.entries(all).filter(([name]) => wanted.has(name)));
}
