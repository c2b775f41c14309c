import { copySpot, setEntry } from "../../yaml/places.ts";
import { isMap, type YamlList, type YamlMap, type YamlValue } from "../../yaml/yaml-value.ts";
import { goText, goType } from "../decode/go-text.ts";
import { pathRules, type Rewrite, rewriteTree, type WalkSpot } from "../path-rules.ts";
import { located, Problems } from "../problem.ts";
import { parsePort } from "./port.ts";
import { parseVolume } from "./volume.ts";

export interface ShortFormOptions {
  /** Variables are not expanded: what cannot be read because of them stays as it is. */
  readonly lenient: boolean;
  warn(sentence: string): void;
}

// trail: compose config
/** Makes the long form of everything that has a short one, in place. */
export function expandShortForms(model: YamlMap, options: ShortFormOptions): void {
  const rules = canonicalRules(options);
  rewriteTree(model, rules);
  for (const service of Object.values(isMap(model.services) ? model.services : {})) {
    if (isMap(service) && Array.isArray(service.dns)) dropEmpty(service.dns);
  }
}

function canonicalRules(options: ShortFormOptions) {
  const external = externalName(options);
  return pathRules<Rewrite>({
    "services.*.build": build,
    "services.*.build.secrets.*": fileMount,
    "services.*.build.provenance": asText,
    "services.*.build.sbom": asText,
    "services.*.build.additional_contexts": keyValues(options),
    "services.*.build.ssh": ssh,
    "services.*.build.ulimits.*": ulimit,
    "services.*.depends_on": dependsOn,
    "services.*.env_file": envFiles,
    "services.*.label_file": stringOrList,
    "services.*.extends": extended,
    "services.*.gpus": gpus,
    "services.*.networks": namesToMap,
    "services.*.models": namesToMap,
    "services.*.volumes.*": volume(options),
    "services.*.dns": stringOrList,
    "services.*.devices.*": device(options),
    "services.*.secrets.*": fileMount,
    "services.*.configs.*": fileMount,
    "services.*.ports": ports(options),
    "services.*.ulimits.*": ulimit,
    "services.*.develop.watch.*.ignore": stringOrList,
    "services.*.develop.watch.*.include": stringOrList,
    "volumes.*": external,
    "networks.*": external,
    "secrets.*": external,
    "configs.*": external,
  });
}

const build: Rewrite = (value, spot) => {
  if (isMap(value)) return value;
  if (typeof value === "string") return { context: value };
  throw spot.fail(`invalid type ${goType(value)} for build`);
};

const extended: Rewrite = (value, spot) => {
  if (isMap(value)) return value;
  if (typeof value === "string") return { service: value };
  throw spot.fail(`invalid type ${goType(value)} for extends`);
};

const fileMount: Rewrite = (value, spot) => {
  if (isMap(value)) return value;
  if (typeof value === "string") return { source: value };
  throw spot.fail(`unsupported type ${goType(value)}`);
};

const asText: Rewrite = (value) => (typeof value === "string" ? value : goText(value));

const stringOrList: Rewrite = (value) => (typeof value === "string" ? [value] : value);

const ulimit: Rewrite = (value, spot) => {
  if (isMap(value) || typeof value === "number") return value;
  throw spot.fail(`invalid type ${goType(value)} for ulimits`);
};

const dependsOn: Rewrite = (value, spot) => {
  if (Array.isArray(value)) {
    return mapOfNames(value, () => ({ condition: "service_started", required: true }));
  }
  if (!isMap(value)) throw spot.fail(`invalid type ${goType(value)} for depend_on`);
  for (const [name, entry] of Object.entries(value)) {
    if (!isMap(entry)) throw spot.fail(`${name}: unsupported value ${goText(entry)}`);
    entry.condition ??= "service_started";
    entry.required ??= true;
  }
  return value;
};

const envFiles: Rewrite = (value, spot) => {
  if (typeof value !== "string" && !Array.isArray(value)) {
    throw spot.fail(`invalid type ${goType(value)} for env_file`);
  }
  const files = Array.isArray(value) ? value : [value];
  for (const [index, file] of files.entries()) {
    if (isMap(file)) file.required ??= true;
    else files[index] = { path: file, required: true };
  }
  return files;
};

const gpus: Rewrite = (value, spot) => {
  if (Array.isArray(value)) return value;
  if (typeof value === "string") return [{ count: "all" }];
  throw spot.fail(`invalid type ${goType(value)} for gpus`);
};

const namesToMap: Rewrite = (value) => (Array.isArray(value) ? mapOfNames(value, () => null) : value);

function mapOfNames(list: YamlList, make: () => YamlValue): YamlMap {
  const map: YamlMap = {};
  for (const [index, name] of list.entries()) {
    setEntry(map, goText(name), make());
    copySpot(list, index, map, goText(name));
  }
  return map;
}

const keyValues =
  ({ lenient }: ShortFormOptions): Rewrite =>
  (value, spot) => {
    if (isMap(value)) return value;
    if (!Array.isArray(value)) throw spot.fail(`invalid type ${goType(value)}`);
    const map: YamlMap = {};
    for (const [index, entry] of value.entries()) {
      const [key, rest] = cutPair(goText(entry));
      if (rest === undefined) {
        if (lenient) return value;
        throw spot.fail(`invalid value ${goText(entry)}, expected key=value`);
      }
      setEntry(map, key, rest);
      copySpot(value, index, map, key);
    }
    return map;
  };

const ssh: Rewrite = (value, spot) => {
  if (isMap(value)) return value;
  if (!Array.isArray(value)) throw spot.fail(`invalid type ${goType(value)} for ssh`);
  const map: YamlMap = {};
  for (const [index, entry] of value.entries()) {
    if (typeof entry !== "string") throw spot.fail(`invalid ssh key type ${goType(entry)}`);
    const [id, path] = cutPair(entry);
    if (path === undefined && id !== "default") throw spot.fail(`invalid ssh key ${JSON.stringify(entry)}`);
    setEntry(map, id, path ?? null);
    copySpot(value, index, map, id);
  }
  return map;
};

const volume =
  ({ lenient }: ShortFormOptions): Rewrite =>
  (value, spot) => {
    if (isMap(value)) return value;
    if (typeof value !== "string") throw spot.fail(`invalid type ${goType(value)} for service volume mount`);
    return lenient
      ? attempt(() => parseVolume(value), value)
      : located(spot.root, spot.path, () => parseVolume(value));
  };

const device =
  ({ lenient }: ShortFormOptions): Rewrite =>
  (value, spot) => {
    if (isMap(value)) return value;
    if (typeof value !== "string") throw spot.fail(`invalid type ${goType(value)} for device mapping`);
    const [source = "", target = "", permissions = "rwm", ...more] = value.split(":");
    if (more.length > 0) {
      if (lenient) return { source: "", target: "", permissions: "rwm" };
      throw spot.fail(`confusing device mapping, please use long syntax: ${value}`);
    }
    return { source, target: target || source, permissions };
  };

/** One short entry may become several long ones. */
const ports =
  ({ lenient }: ShortFormOptions): Rewrite =>
  (value, spot) => {
    if (!Array.isArray(value)) throw spot.fail(`invalid type ${goType(value)} for port`);
    const all: YamlList = [];
    const problems = new Problems();
    for (const [index, entry] of value.entries()) {
      const read = () => [isMap(entry) ? [entry] : shortPort(entry, spot.below(index), lenient)] as const;
      const [long] = problems.attempt(read) ?? [[]];
      if (long === undefined) return value;
      for (const port of long) {
        all.push(port);
        copySpot(value, index, all, all.length - 1);
      }
    }
    problems.throwAll();
    return all;
  };

function shortPort(entry: YamlValue, spot: WalkSpot, lenient: boolean): YamlMap[] | undefined {
  if (typeof entry !== "string" && !(typeof entry === "number" && Number.isInteger(entry))) {
    throw spot.fail(`invalid type ${goType(entry)} for port`);
  }
  const parse = () => parsePort(String(entry)).map((port): YamlMap => ({ ...port }));
  return lenient ? attempt(parse, undefined) : located(spot.root, spot.path, parse);
}

/** `external: {name: x}` is the old way to say `external: true` and `name: x`. */
const externalName =
  (options: ShortFormOptions): Rewrite =>
  (value, spot) => {
    if (!isMap(value) || !isMap(value.external)) return value;
    const said = value.external.name;
    value.external = true;
    if (said === undefined) return value;
    options.warn(`${spot.path.join(".")}: external.name is deprecated. Please set name and external: true`);
    if (value.name !== undefined && value.name !== said) {
      throw spot.fail("name and external.name conflict; only use name");
    }
    value.name ??= said;
    return value;
  };

function dropEmpty(list: YamlList): void {
  for (let index = list.length - 1; index >= 0; index--) {
    if (list[index] === null || list[index] === "") list.splice(index, 1);
  }
}

export function cutPair(text: string): [string, string | undefined] {
  const index = text.indexOf("=");
  return index < 0 ? [text, undefined] : [text.slice(0, index), text.slice(index + 1)];
}

function attempt<T, U>(read: () => T, otherwise: U): T | U {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
