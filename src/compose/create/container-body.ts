import type { ContainerConfig, EndpointSettings, HostConfig } from "../../protocol/generated/types.ts";
import type { ApiVersion } from "../../protocol/versions.ts";
import type { Project } from "../model/project.ts";
import type { Service } from "../model/service.ts";

/** What `POST /containers/create` takes. */
export type ContainerBody = ContainerConfig & {
  readonly HostConfig: HostConfig;
  /** Absent where the network is not the container's own: `host`, `none`, another container's. */
  readonly NetworkingConfig?: { EndpointsConfig: Record<string, EndpointSettings> };
};

/** Containers other services stand for: `network_mode: service:x`, `volumes_from`, `links`. By service name. */
export type ContainersOf = ReadonlyMap<string, readonly { readonly id: string; readonly name: string }[]>;

export interface ContainerWish {
  readonly project: Project;
  readonly service: Service;
  readonly number: number;
  readonly image: ServiceImage;
  readonly containersOf: ContainersOf;
  /** Anonymous volumes of the container it replaces, by where they are mounted. */
  readonly inherited: ReadonlyMap<string, string>;
  /** The service's hash, of what `resolveReferences` made of it. */
  readonly configHash: string;
  /** The container it takes the place of: while that one has the name, this one has another. */
  readonly replaces?: { readonly id: string };
  /** For `run`: what its command line changes has been put into `service` already. */
  readonly oneOff?: OneOff;
  /** The version the engine speaks: older ones want other fields. */
  readonly apiVersion: ApiVersion;
  /** Variables every container gets, unless the service has them: proxies of the user's configuration. */
  readonly proxies?: Readonly<Record<string, string>>;
  /** Where the engine's socket is on its machine, for `use_api_socket`; undefined: where Docker's is. */
  readonly apiSocket?: string;
  /** Files of the client that go into a body; by default those of this machine. */
  readonly clientFiles?: ClientFiles;
}

export interface OneOff {
  /** 64 hex digits, to tell it from others. */
  readonly slug: string;
  readonly useAliases: boolean;
  readonly autoRemove: boolean;
  /** Standard input is attached. */
  readonly interactive: boolean;
}

export interface ClientFiles {
  readText(path: string): string;
  exists(path: string): boolean;
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

export interface PlannedContainer {
  readonly name: string;
  /** Of the query; undefined: the engine's own. */
  readonly platform: string | undefined;
  readonly body: ContainerBody;
  readonly files: readonly InjectedFile[];
  /** Networks it is connected to once it is made, before it starts: older engines take one at creation. */
  readonly connect: readonly { readonly network: string; readonly endpoint: EndpointSettings }[];
  /** Sentences for the user: what the files ask for and one machine cannot give. */
  readonly warnings: readonly string[];
}
