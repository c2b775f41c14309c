import type { Yaml } from "../../lib/yaml-text.ts";
import type { Project } from "../model/project.ts";
import type { Service } from "../model/service.ts";
import { scaleOf } from "../names.ts";
import { kubernetesName, Names, serviceName } from "./name.ts";
import { Notes } from "./notes.ts";

export type YamlMap = { readonly [key: string]: Yaml | undefined };

/** One object of Kubernetes, with what a person should read above it. */
export interface Manifest {
  readonly kind: string;
  readonly name: string;
  readonly body: YamlMap;
  readonly comments?: readonly string[];
  /** A manifest that is only proposed: written as a comment below. */
  readonly hint?: { readonly text: string; readonly body: YamlMap };
}

/** Files of the project's machine: a conversion itself reads nothing. */
export interface Sources {
  /** Undefined where there is nothing. */
  read(path: string): FileContent | undefined;
}

export type FileContent =
  | { readonly kind: "file"; readonly bytes: Uint8Array }
  /** Plain files by name; undefined where there is more than plain files of moderate size. */
  | { readonly kind: "folder"; readonly files: Readonly<Record<string, Uint8Array>> | undefined }
  | { readonly kind: "other" };

/** What every part of a conversion has. */
export class Conversion {
  readonly notes = new Notes();
  readonly #services = new Names(serviceName);
  readonly #claims = new Names();
  readonly #configMaps = new Names();
  readonly #secrets = new Names();
  readonly #networks = new Names();

  constructor(
    readonly project: Project,
    readonly namespace: string,
    readonly sources: Sources,
  ) {
    // In the order of the file, so that a name does not depend on who asks first.
    for (const key of Object.keys(project.services)) this.nameOf(key);
    for (const key of Object.keys(project.configs)) this.#configMaps.of(key);
    for (const key of Object.keys(project.secrets)) this.#secrets.of(key);
  }

  /** Workload and Service of a service: other Pods find it by that name. */
  nameOf(service: string): string {
    return this.#services.of(service);
  }

  /** A further name of Services: an alias. */
  aliasName(alias: string): string {
    return this.#services.of(alias);
  }

  claimName(volume: string): string {
    return this.#claims.of(volume);
  }

  configMapName(key: string): string {
    return this.#configMaps.of(key);
  }

  secretName(key: string): string {
    return this.#secrets.of(key);
  }

  networkName(key: string): string {
    return this.#networks.of(key);
  }

  manifest(apiVersion: string, kind: string, name: string, rest: YamlMap, service?: Service): Manifest {
    const { metadata, ...more } = rest;
    return {
      kind,
      name,
      body: {
        apiVersion,
        kind,
        metadata: {
          name,
          namespace: kind === "Namespace" ? undefined : this.namespace,
          ...(metadata as YamlMap | undefined),
          labels: {
            ...((metadata as YamlMap | undefined)?.labels as YamlMap | undefined),
            ...this.labels(service),
          },
        },
        ...more,
      },
    };
  }

  labels(service: Service | undefined): Readonly<Record<string, string>> {
    return {
      ...(service && { "app.kubernetes.io/name": this.nameOf(service.name) }),
      "app.kubernetes.io/part-of": kubernetesName(this.project.name),
      "app.kubernetes.io/managed-by": "hull",
    };
  }

  /** What selects the Pods of a service: it never changes. */
  selector(service: Service): Readonly<Record<string, string>> {
    return {
      "app.kubernetes.io/name": this.nameOf(service.name),
      "app.kubernetes.io/part-of": kubernetesName(this.project.name),
    };
  }
}

export function about(service: Service): string {
  return `service ${service.name}`;
}

/** Undefined instead of a list or a map without anything in it. */
export function filled<T extends object>(value: T): T | undefined {
  return Object.values(value).some((item) => item !== undefined) ? value : undefined;
}

export function replicasOf(service: Service): number {
  return scaleOf(service);
}

/** Nanoseconds as whole seconds; what Kubernetes counts in is at least one. */
export function seconds(duration: number | undefined): number | undefined {
  return duration === undefined || duration === 0 ? undefined : Math.max(1, Math.round(duration / 1e9));
}
