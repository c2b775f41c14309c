import { conflict, invalidArgument } from "../../errors/engine-error.ts";
import type { ContainerRecord } from "../../records/container-record.ts";
import type { EngineContext } from "../context.ts";
import { type LinkedContainer, linkEnvironment, parseLink } from "./links.ts";

/**
 * Links as they are kept: `/name:/this/alias`, with the linked container's name resolved.
 * Linking to what does not exist is refused at create time.
 */
export function resolveLinks(
  context: EngineContext,
  name: string,
  links: readonly string[],
): readonly string[] {
  return links.map((text) => {
    const link = parseLink(text);
    const other = context.containers.lookUp(link.container);
    if (!other) throw invalidArgument(`could not get container for ${link.container}`);
    if (other.record.hostConfig.NetworkMode === "host") {
      throw invalidArgument(
        "conflicting options: host type networking can't be used with links. This would result in undefined behavior",
      );
    }
    return `/${other.record.name}:/${name}/${link.alias}`;
  });
}

export interface ReadyLink extends LinkedContainer {
  /** Names in /etc/hosts: alias, host name, container name. */
  readonly names: readonly string[];
}

/** The containers a start links to; they must run. */
export function linkedContainers(context: EngineContext, record: ContainerRecord): ReadyLink[] {
  return (record.hostConfig.Links ?? []).map((text) => {
    const { container: name, alias } = parseLink(text);
    const other = context.containers.find(name);
    if (!other.isRunning) {
      throw conflict(
        `Cannot link to a non running container: /${other.record.name} AS /${record.name}/${alias}`,
      );
    }
    const address = Object.values(other.record.endpoints).find((endpoint) => endpoint.ipAddress)?.ipAddress;
    return {
      alias,
      parentName: record.name,
      ipAddress: address ?? "",
      env: other.record.config.Env,
      exposedPorts: other.record.config.ExposedPorts,
      names: [alias, other.record.config.Hostname, other.record.name],
    };
  });
}

export function linkVariables(context: EngineContext, record: ContainerRecord): string[] {
  return linkedContainers(context, record).flatMap((link) => linkEnvironment(link));
}
