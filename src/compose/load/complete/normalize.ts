import { copySpot, copySpots, setEntry } from "../../yaml/places.ts";
import { isMap, type YamlList, type YamlMap, type YamlValue } from "../../yaml/yaml-value.ts";
import { goText } from "../decode/go-text.ts";
import { ownEntry } from "../own-entry.ts";
import { cleanPath } from "../short-forms/volume.ts";

type Environment = Readonly<Record<string, string>>;

/** Says what is only implied: networks, names, where a build stands, who depends on whom. In place. */
export function normalize(model: YamlMap, environment: Environment): void {
  const services = isMap(model.services) ? model.services : {};
  const all = Object.values(services).filter(isMap);
  giveNetworks(model, all);
  for (const service of all) {
    if (service.pull_policy === "if_not_present") service.pull_policy = "missing";
    completeBuild(service, environment);
    if (service.environment !== undefined) {
      service.environment = withValues(service.environment, environment, true);
    }
    impliedDependencies(service);
    for (const volume of Array.isArray(service.volumes) ? service.volumes : []) {
      if (isMap(volume)) volume.target = cleanPath(goText(volume.target ?? "")) || ".";
    }
  }
  nameResources(model);
}

function giveNetworks(model: YamlMap, services: readonly YamlMap[]): void {
  const networks = isMap(model.networks) ? model.networks : {};
  let usesDefault = false;
  for (const service of services) {
    if (service.provider !== undefined || service.network_mode !== undefined) continue;
    const own = service.networks;
    if (!isMap(own) || Object.keys(own).length === 0) service.networks = { default: null };
    usesDefault ||= isMap(service.networks) && service.networks.default !== undefined;
  }
  if (usesDefault && networks.default === undefined) networks.default = null;
  if (Object.keys(networks).length > 0) model.networks = networks;
}

function completeBuild(service: YamlMap, environment: Environment): void {
  const { build } = service;
  if (!isMap(build)) return;
  build.context ??= ".";
  if (build.dockerfile_inline === undefined) build.dockerfile ??= "Dockerfile";
  if (build.args !== undefined) build.args = withValues(build.args, environment, false);
}

/** Names without a value take it from the environment; where it has none they stay or go. */
function withValues(value: YamlValue, environment: Environment, keep: boolean): YamlValue {
  if (Array.isArray(value)) {
    const list: YamlList = [];
    for (const [index, entry] of value.entries()) {
      const bare = typeof entry === "string" && !entry.includes("=");
      const found = bare ? ownEntry(environment, entry) : undefined;
      if (bare && found === undefined && !keep) continue;
      copySpot(value, index, list, list.length);
      list.push(found === undefined ? entry : `${goText(entry)}=${found}`);
    }
    return list;
  }
  if (!isMap(value)) return value;
  const map: YamlMap = {};
  for (const [key, entry] of Object.entries(value)) {
    const found = entry ?? ownEntry(environment, key) ?? null;
    if (found !== null || keep) setEntry(map, key, found);
  }
  copySpots(value, map);
  return map;
}

/** Who shares something with another service starts after it. */
function impliedDependencies(service: YamlMap): void {
  const dependencies = isMap(service.depends_on) ? service.depends_on : {};
  const depend = (name: string, restart: boolean) => {
    if (Object.hasOwn(dependencies, name)) return;
    setEntry(dependencies, name, { condition: "service_started", restart, required: true });
  };
  for (const link of texts(service.links)) {
    const parts = link.split(":");
    depend(parts.length === 2 ? (parts[0] ?? link) : link, true);
  }
  for (const space of ["network_mode", "ipc", "pid", "uts", "cgroup"]) {
    const shared = service[space];
    if (typeof shared === "string" && shared.startsWith("service:")) depend(shared.slice(8), true);
  }
  for (const from of texts(service.volumes_from)) {
    if (!from.startsWith("container:")) depend(from.split(":")[0] ?? from, false);
  }
  if (Object.keys(dependencies).length > 0) service.depends_on = dependencies;
}

function texts(value: YamlValue | undefined): string[] {
  return Array.isArray(value) ? value.map(goText) : [];
}

/** What exists already is called as its key, what is made gets the project's name before it. */
function nameResources(model: YamlMap): void {
  for (const section of ["networks", "volumes", "configs", "secrets"]) {
    const resources = model[section];
    if (!isMap(resources)) continue;
    for (const [key, value] of Object.entries(resources)) {
      const resource = isMap(value) ? value : {};
      if (resource !== value) setEntry(resources, key, resource);
      resource.name ??= resource.external === true ? key : `${goText(model.name ?? "")}_${key}`;
    }
  }
}
