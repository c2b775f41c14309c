import type { ContainerConfig, HostConfig, NetworkingConfig } from "../../protocol/generated/types.ts";
import type { Project } from "../model/project.ts";
import type { Service } from "../model/service.ts";

/** What `POST /containers/create` takes. */
export type ContainerBody = ContainerConfig & {
  readonly HostConfig: HostConfig;
  readonly NetworkingConfig: NetworkingConfig;
};

export interface ContainerWish {
  readonly project: Project;
  readonly service: Service;
  readonly number: number;
  readonly image: ServiceImage;
  /** Containers other services stand for: `network_mode: service:x`, `volumes_from`, `links`. By service name. */
  readonly containersOf: ReadonlyMap<string, readonly { readonly id: string; readonly name: string }[]>;
  /** Anonymous volumes of the container it replaces, by where they are mounted. */
  readonly inherited: ReadonlyMap<string, string>;
  /** For `run`: what its command line changes has been put into `service` already. */
  readonly oneOff?: { readonly slug: string; readonly useAliases: boolean; readonly autoRemove: boolean };
  /** The body says `version`, as far as the engine knows it: older engines want other fields. */
  readonly apiVersion: string;
}

/** The image as the engine has it. */
export interface ServiceImage {
  readonly id: string;
  /** Paths its configuration declares as volumes. */
  readonly volumes: readonly string[];
}

/** Files that are copied into a container before it starts: configs and secrets with content. */
export interface InjectedFile {
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly content: string;
}

/** Pure: the same wish gives the same body. */
export type MakeContainerBody = (wish: ContainerWish) => {
  readonly name: string;
  readonly body: ContainerBody;
  readonly files: readonly InjectedFile[];
};
