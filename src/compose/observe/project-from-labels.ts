import { labels } from "../labels.ts";
import type { Project } from "../model/project.ts";
import type { Network, Volume } from "../model/resources.ts";
import type { Service } from "../model/service.ts";
import type { ServiceDependency } from "../model/service-parts.ts";
import type { ObservedContainer, ObservedProject } from "./observed.ts";

/**
 * What can be known of a project without its files: services, how many containers each has, what it
 * depends on, and the networks and volumes that were made for it.
 */
export function projectFromLabels(observed: ObservedProject): Project {
  const services = new Map<string, Service>();
  const standing = observed.containers.filter(({ oneOff }) => !oneOff);
  for (const container of standing) {
    const scale = (services.get(container.service)?.scale ?? 0) + 1;
    services.set(container.service, { ...serviceOf(container), scale });
  }
  return {
    name: observed.name,
    workingDir: standing[0]?.summary.Labels?.[labels.workingDir] ?? "",
    composeFiles: [],
    envFiles: [],
    environment: {},
    profiles: [],
    services: withKnownDependencies(services),
    disabledServices: {},
    networks: Object.fromEntries(
      observed.networks.map((network): [string, Network] => {
        const name = network.Name ?? "";
        return [network.Labels?.[labels.network] ?? name, { name }];
      }),
    ),
    volumes: Object.fromEntries(
      observed.volumes.map(({ Name: name, Labels: marks }): [string, Volume] => [
        marks?.[labels.volume] ?? name,
        { name },
      ]),
    ),
    secrets: {},
    configs: {},
    models: {},
    extensions: {},
  };
}

function serviceOf({ service, summary }: ObservedContainer): Service {
  const written = summary.Labels?.[labels.dependsOn] ?? "";
  const dependencies = written.split(",").flatMap((text): [string, ServiceDependency][] => {
    const [name = "", condition, restart] = text.split(":");
    if (name === "") return [];
    return [[name, { condition: conditionOf(condition), restart: restart !== "false", required: false }]];
  });
  return {
    name: service,
    ...(summary.Image != null && { image: summary.Image }),
    depends_on: Object.fromEntries(dependencies),
  };
}

/** docker-compose 1.x writes names alone: what there is to wait for is that it runs. */
function conditionOf(word: string | undefined): ServiceDependency["condition"] {
  return word === "service_healthy" || word === "service_completed_successfully" ? word : "service_started";
}

/** What has no container has no place in the order. */
function withKnownDependencies(services: ReadonlyMap<string, Service>): Record<string, Service> {
  return Object.fromEntries(
    [...services].map(([name, service]) => {
      const known = Object.entries(service.depends_on ?? {}).filter(
        ([other]) => services.has(other) && other !== name,
      );
      return [name, { ...service, depends_on: Object.fromEntries(known) }];
    }),
  );
}
