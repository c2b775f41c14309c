import { invalidArgument } from "../../errors/engine-error.ts";
import type { Project } from "../model/project.ts";
import type { Service } from "../model/service.ts";

/**
 * What an image is built for. `build` makes it for every platform that is named; to run it, it is made
 * for the one it runs on. Empty: the engine's own.
 */
export function buildPlatforms(project: Project, service: Service, all: boolean): readonly string[] {
  const { name, build } = service;
  const named = build?.platforms ?? [];
  const usual = project.environment.DOCKER_DEFAULT_PLATFORM;
  if (service.platform === undefined && usual && named.length > 0 && !named.includes(usual)) {
    throw invalidArgument(
      `service ${JSON.stringify(name)} build.platforms does not support value set by DOCKER_DEFAULT_PLATFORM: ${usual}`,
    );
  }
  const platform = service.platform ?? (usual || undefined);
  if (platform !== undefined && named.length > 0 && !named.includes(platform)) {
    throw invalidArgument(
      `service ${JSON.stringify(name)} build configuration does not support platform: ${platform}`,
    );
  }
  if (platform !== undefined && (!all || named.length === 0)) return [platform];
  return !all && named.length > 1 ? [] : named;
}
