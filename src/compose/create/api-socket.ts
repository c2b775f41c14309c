import type { Project } from "../model/project.ts";
import type { Service } from "../model/service.ts";

const source = "#apisocket";
/** Also where it is mounted from, as far as a hash is concerned: Docker Compose knows no other. */
export const dockerSocket = "/var/run/docker.sock";

/**
 * `use_api_socket`: the engine's socket is mounted, and the user's logins are a file beside it,
 * unless the service brings a DOCKER_CONFIG of its own. `credentials` is the text of a config.json.
 * Comes before hashes are taken: Docker Compose counts what it adds here.
 */
export function withApiSocket(project: Project, credentials: () => string): Project {
  if (!Object.values(project.services).some(({ use_api_socket }) => use_api_socket)) return project;
  return {
    ...project,
    configs: { ...project.configs, [source]: { name: "", content: credentials() } },
    services: Object.fromEntries(
      Object.entries(project.services).map(([name, service]) => [
        name,
        service.use_api_socket ? withSocket(service) : service,
      ]),
    ),
  };
}

function withSocket(service: Service): Service {
  const own = service.environment?.DOCKER_CONFIG !== undefined;
  return {
    ...service,
    volumes: [...(service.volumes ?? []), { type: "bind", source: dockerSocket, target: dockerSocket }],
    environment: { ...service.environment, ...(!own && { DOCKER_CONFIG: "/run/secrets/docker" }) },
    configs: [...(service.configs ?? []), { source, target: "/run/secrets/docker/config.json" }],
  };
}
