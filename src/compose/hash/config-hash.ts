import type { Project } from "../model/project.ts";
import type { Network, Volume } from "../model/resources.ts";
import type { Service } from "../model/service.ts";
import { network as networkShape, volume as volumeShape } from "../model/shapes/project.ts";
import { service as serviceShape } from "../model/shapes/service.ts";
import type { Shape } from "../model/shapes/shape.ts";
import { compactJson } from "../print/go-json.ts";
import { shapeView } from "../print/shape-view.ts";

/**
 * The hash Docker Compose writes on a container of the service: of everything that shapes the
 * container, so not of how its image is made, how many there are, or whom it waits for.
 */
export function serviceHash(service: Service, project?: Pick<Project, "environment">): string {
  const { build, pull_policy, scale, depends_on, profiles, deploy, ...given } = service;
  const rest = { ...given, ...platformOf(service, project) };
  if (!deploy) return hash(serviceShape, rest);
  const { replicas, ...rules } = deploy;
  return hash(serviceShape, { ...rest, deploy: rules });
}

/** A service that is built is for the platform of DOCKER_DEFAULT_PLATFORM where it names none itself. */
function platformOf({ build, platform }: Service, project?: Pick<Project, "environment">) {
  const usual = project?.environment.DOCKER_DEFAULT_PLATFORM;
  return build && !platform && usual ? { platform: usual } : {};
}

export const networkHash = (network: Network) => hash(networkShape, network);

export const volumeHash = (volume: Volume) =>
  hash(volumeShape, { ...volume, driver: volume.driver || "local" });

function hash(shape: Shape, value: object): string {
  return new Bun.CryptoHasher("sha256").update(compactJson(shapeView(shape, value, "json"))).digest("hex");
}
