import type { Situation } from "../../src/compose/converge/plan/situation.ts";
import type { Plan, Step } from "../../src/compose/converge/plan/step.ts";
import type { UpOptions } from "../../src/compose/converge/up-options.ts";
import { labels } from "../../src/compose/labels.ts";
import type { Project } from "../../src/compose/model/project.ts";
import type { Service } from "../../src/compose/model/service.ts";
import type { ObservedContainer } from "../../src/compose/observe/observed.ts";
import { observedContainer } from "../../src/compose/observe/observed-container.ts";

/** A project by hand: services on the default network, unless they say otherwise. */
export function projectOf(
  services: Readonly<Record<string, Omit<Service, "name">>>,
  more: Partial<Project> = {},
): Project {
  return {
    name: "shop",
    workingDir: "/shop",
    composeFiles: ["/shop/compose.yaml"],
    envFiles: [],
    environment: {},
    profiles: [],
    services: Object.fromEntries(
      Object.entries(services).map(([name, service]) => [
        name,
        { name, image: "busybox", ...(!service.network_mode && { networks: { default: null } }), ...service },
      ]),
    ),
    disabledServices: {},
    networks: { default: { name: "shop_default" } },
    volumes: {},
    secrets: {},
    configs: {},
    models: {},
    extensions: {},
    ...more,
  };
}

/** `depends_on` in its short forms. */
export const needs = (
  name: string,
  condition: "service_started" | "service_healthy" | "service_completed_successfully" = "service_started",
  more: { readonly required?: boolean; readonly restart?: boolean } = {},
) => ({ [name]: { condition, required: true, ...more } });

export const upOptions: UpOptions = {
  services: [],
  noDependencies: false,
  recreate: "changed",
  recreateDependencies: "changed",
  renewAnonymousVolumes: false,
  removeOrphans: false,
  scale: new Map(),
  build: "missing",
  pull: "policy",
  quietPull: true,
  noStart: false,
  timeout: undefined,
  wait: false,
  waitTimeout: undefined,
};

/** Short enough to be read in a test: what was hashed, without what hashes do not count. */
export const plainHashes: Situation["hashes"] = {
  service: ({ depends_on: _, scale: __, deploy: ___, ...rest }) => JSON.stringify(rest),
  network: (network) => JSON.stringify(network),
  volume: (volume) => JSON.stringify(volume),
};

export interface ContainerWish {
  readonly id?: string;
  readonly name?: string;
  readonly state?: "running" | "exited" | "created" | "paused";
  readonly hash?: string;
  readonly image?: string;
  readonly oneOff?: boolean;
  readonly replaces?: string;
  readonly networks?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
}

/** A container as `up` of the project would have left it. */
export function containerOf(
  project: Project,
  service: string,
  number = 1,
  wish: ContainerWish = {},
): ObservedContainer {
  const id = wish.id ?? idOf(`${service}${number}`);
  const definition = project.services[service] ?? { name: service };
  const networks = wish.networks ?? { shop_default: "net-default" };
  return observedContainer({
    Id: id,
    Names: [`/${wish.name ?? `shop-${service}-${number}`}`],
    Image: "busybox",
    State: wish.state ?? "running",
    Labels: {
      [labels.project]: "shop",
      [labels.service]: service,
      [labels.number]: String(number),
      [labels.oneOff]: wish.oneOff ? "True" : "False",
      [labels.configHash]: wish.hash ?? plainHashes.service(definition),
      [labels.image]: wish.image ?? "image-1",
      ...(wish.replaces !== undefined && { [labels.replaces]: wish.replaces }),
    },
    NetworkSettings: {
      Networks: Object.fromEntries(
        Object.entries(networks).map(([name, NetworkID]) => [name, { NetworkID }]),
      ),
    },
    Mounts: (wish.volumes ?? []).map((Name) => ({ Type: "volume" as const, Name, Destination: `/${Name}` })),
  });
}

/** 64 hex digits, the same for the same words. */
export const idOf = (words: string): string => new Bun.CryptoHasher("sha256").update(words).digest("hex");

export const defaultNetwork = {
  Id: "net-default",
  Name: "shop_default",
  Labels: { [labels.project]: "shop", [labels.network]: "default" },
};

/** What is there is right, unless the test says otherwise. */
export function situationOf(
  project: Project,
  containers: readonly ObservedContainer[] = [],
  more: Partial<Omit<Situation, "observed">> & Partial<Situation["observed"]> = {},
): Situation {
  const { networks = [defaultNetwork], volumes = [], ...rest } = more;
  return {
    project,
    observed: { name: project.name, containers, networks, volumes },
    options: upOptions,
    imageIds: new Map(Object.keys(project.services).map((name) => [name, "image-1"])),
    hashes: plainHashes,
    replaceVolumes: new Set(),
    ...rest,
  };
}

/** `recreate web-1 < network default`: a step after those it needs. */
export const planLines = ({ steps }: Pick<Plan, "steps">): string[] => steps.map(stepLine);

function stepLine({ id, needs: before }: Step): string {
  const known = [...new Set(before)].sort();
  return known.length > 0 ? `${id} < ${known.join(", ")}` : id;
}
