import type { ContainerWish } from "../../src/compose/create/container-body.ts";
import type { Project } from "../../src/compose/model/project.ts";
import type { Service } from "../../src/compose/model/service.ts";

export function projectOf(parts: Partial<Project> = {}): Project {
  return {
    name: "shop",
    workingDir: "/srv/shop",
    composeFiles: ["/srv/shop/compose.yaml"],
    envFiles: [],
    environment: {},
    profiles: [],
    services: {},
    disabledServices: {},
    networks: { default: { name: "shop_default" } },
    volumes: {},
    secrets: {},
    configs: {},
    models: {},
    extensions: {},
    ...parts,
  };
}

/** What is wished for the first container of a service, on the newest engine. */
export function wishOf(service: Service, parts: Partial<ContainerWish> = {}): ContainerWish {
  return {
    project: projectOf(),
    service,
    number: 1,
    image: { id: "sha256:image", volumes: [] },
    containersOf: new Map(),
    inherited: new Map(),
    configHash: "hash",
    apiVersion: "1.51",
    clientFiles: { readText: () => "{}", exists: () => true },
    ...parts,
  };
}
