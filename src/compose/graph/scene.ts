import { basename, relative } from "node:path";
import type { Project } from "../model/project.ts";
import type { Network } from "../model/resources.ts";
import type { Service } from "../model/service.ts";
import type { FileReference, ServicePort, ServiceVolume } from "../model/service-parts.ts";
import { scaleOf } from "../names.ts";
import type { LiveState } from "./live.ts";

/** What is drawn of a project, whatever draws it. */
export interface Scene {
  readonly name: string;
  readonly services: readonly SceneService[];
  readonly edges: readonly SceneEdge[];
  /** In the order of the project; their place in the list chooses their colour. */
  readonly networks: readonly SceneNetwork[];
  readonly volumes: readonly SceneVolume[];
  /** Services no active profile asks for, with their profiles. */
  readonly inactive: readonly { readonly name: string; readonly profiles: readonly string[] }[];
}

export interface SceneService {
  readonly name: string;
  /** The image, or where it is built. */
  readonly origin: string;
  readonly replicas: number;
  readonly networks: readonly string[];
  readonly ports: readonly ScenePort[];
  readonly volumes: readonly SceneMount[];
  readonly configs: readonly string[];
  readonly secrets: readonly string[];
  /** What else says where it belongs: `network of vpn`, `on the host's network`. */
  readonly notes: readonly string[];
  readonly live?: LiveState;
}

export interface ScenePort {
  /** `127.0.0.1:8080`, `:8080`, `:*` where the engine chooses. */
  readonly host: string;
  readonly target: string;
}

export interface SceneMount {
  readonly kind: "volume" | "bind" | "tmpfs" | "other";
  /** A volume's key, a path below the project, or nothing. */
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

export type Condition = "started" | "healthy" | "completed";

export interface SceneEdge {
  readonly from: string;
  readonly to: string;
  readonly condition: Condition;
  readonly required: boolean;
}

export interface SceneNetwork {
  readonly key: string;
  readonly name: string;
  /** `internal`, `external`, a driver that is not the usual one, subnets. */
  readonly facts: readonly string[];
  readonly services: readonly string[];
}

export interface SceneVolume {
  readonly key: string;
  readonly name: string;
  readonly external: boolean;
  readonly users: readonly { readonly service: string; readonly target: string }[];
}

export function sceneOf(project: Project, live?: ReadonlyMap<string, LiveState>): Scene {
  const services = Object.values(project.services);
  return {
    name: project.name,
    services: services.map((service) => sceneService(project, service, live?.get(service.name))),
    edges: services.flatMap((service) => edgesOf(project, service)),
    networks: Object.entries(project.networks).map(([key, network]) => ({
      key,
      name: network.name,
      facts: networkFacts(network),
      services: services.filter((one) => networksOf(one).includes(key)).map(({ name }) => name),
    })),
    volumes: Object.entries(project.volumes).map(([key, { name, external }]) => ({
      key,
      name,
      external: external === true,
      users: services.flatMap((service) =>
        (service.volumes ?? [])
          .filter(({ type, source }) => type === "volume" && source === key)
          .map(({ target }) => ({ service: service.name, target: target ?? "" })),
      ),
    })),
    // What the command line left out has no profile: it is not told.
    inactive: Object.values(project.disabledServices).flatMap(({ name, profiles = [] }) =>
      profiles.length > 0 ? { name, profiles } : [],
    ),
  };
}

function networksOf(service: Service): readonly string[] {
  return Object.keys(service.networks ?? {});
}

function sceneService(project: Project, service: Service, live: LiveState | undefined): SceneService {
  return {
    name: service.name,
    origin: originOf(project, service),
    replicas: scaleOf(service),
    networks: networksOf(service),
    ports: (service.ports ?? []).map(scenePort),
    volumes: [
      ...(service.volumes ?? []).map((mount) => sceneMount(project, mount)),
      ...(service.tmpfs ?? []).map(
        (text): SceneMount => ({
          kind: "tmpfs",
          source: "",
          target: text.split(":")[0] ?? text,
          readOnly: false,
        }),
      ),
    ],
    configs: (service.configs ?? []).map(fileName),
    secrets: (service.secrets ?? []).map(fileName),
    notes: notesOf(service),
    ...(live && { live }),
  };
}

function fileName({ source, target }: FileReference): string {
  return target === undefined || basename(target) === source ? source : `${source} as ${basename(target)}`;
}

function originOf(project: Project, { image, build, provider }: Service): string {
  if (provider) return `provider ${provider.type}`;
  if (image !== undefined) return image;
  if (build?.dockerfile_inline !== undefined) return "build of an inline Dockerfile";
  return `build ${pathBelow(project.workingDir, build?.context ?? ".")}`;
}

function pathBelow(directory: string, path: string): string {
  if (!path.startsWith("/")) return path;
  const below = relative(directory, path);
  if (below === "") return ".";
  return below.startsWith("../..") ? path : below.startsWith("..") ? below : `./${below}`;
}

function scenePort({ host_ip: ip, published, target, protocol }: ServicePort): ScenePort {
  const address = ip === undefined || ip === "" || ip === "0.0.0.0" ? "" : ip.includes(":") ? `[${ip}]` : ip;
  const suffix = protocol === undefined || protocol === "tcp" ? "" : `/${protocol}`;
  return { host: `${address}:${published || "*"}`, target: `${target}${suffix}` };
}

function sceneMount(
  project: Project,
  { type, source = "", target = "", read_only }: ServiceVolume,
): SceneMount {
  const readOnly = read_only === true;
  if (type === "volume" || type === "tmpfs") return { kind: type, source, target, readOnly };
  if (type === "bind") return { kind: type, source: pathBelow(project.workingDir, source), target, readOnly };
  return { kind: "other", source: `${type} ${source}`.trim(), target, readOnly };
}

function notesOf({ network_mode: mode, deploy }: Service): string[] {
  const notes: string[] = [];
  if (mode === "host") notes.push("on the host's network");
  else if (mode === "none") notes.push("without a network");
  else if (mode?.startsWith("service:")) notes.push(`in the network of ${mode.slice("service:".length)}`);
  else if (mode !== undefined && mode !== "bridge" && mode !== "default") notes.push(`network ${mode}`);
  if (deploy?.mode === "global") notes.push("one on every node");
  return notes;
}

const conditions: Readonly<Record<string, Condition>> = {
  service_healthy: "healthy",
  service_completed_successfully: "completed",
};

function edgesOf(project: Project, service: Service): SceneEdge[] {
  return Object.entries(service.depends_on ?? {})
    .filter(([to]) => Object.hasOwn(project.services, to))
    .map(([to, { condition, required }]) => ({
      from: service.name,
      to,
      condition: conditions[condition] ?? "started",
      required,
    }));
}

function networkFacts({ driver, internal, external, ipam, enable_ipv6: ipv6 }: Network): string[] {
  const subnets = (ipam?.config ?? []).flatMap(({ subnet }) => subnet ?? []);
  return [
    ...(driver === undefined || driver === "bridge" || driver === "default" ? [] : [driver]),
    ...(internal ? ["internal"] : []),
    ...(external ? ["external"] : []),
    ...(ipv6 ? ["IPv6"] : []),
    ...subnets,
  ];
}
