import { copySpot, setEntry } from "../../yaml/places.ts";
import { isMap, type YamlList, type YamlMap, type YamlPath, type YamlValue } from "../../yaml/yaml-value.ts";
import { goText } from "../decode/go-text.ts";
import { ownEntry } from "../own-entry.ts";
import { nextRule, pathRules, type RuleNode } from "../path-rules.ts";
import { failAt } from "../problem.ts";
import { mergePools } from "./pools.ts";

/** Told of every value another one takes the place of. */
export type OnReplaced = (container: YamlMap, key: string, over: YamlMap) => void;

export interface Merging {
  /** The tree that comes on top, for the place of what cannot be merged. */
  readonly over: YamlMap;
  readonly replaced?: OnReplaced | undefined;
}

type Merger = (
  base: YamlValue,
  over: YamlValue,
  rule: RuleNode<Merger>,
  path: YamlPath,
  merging: Merging,
) => YamlValue;

// trail: compose config
/** Merges `over` into `base`, which is changed. Lists are joined, maps are merged, all else is replaced. */
export function mergeTrees(base: YamlMap, merging: Merging): YamlMap {
  return mergeMaps(base, merging.over, rules, [], merging);
}

/** A service into the one it extends. */
export function mergeService(base: YamlMap, over: YamlMap, merging: Merging): YamlMap {
  return mergeMaps(base, over, nextRule(rules.next.get("services"), "*"), ["services", "*"], merging);
}

function mergeMaps(
  base: YamlMap,
  over: YamlMap,
  rule: RuleNode<Merger> | undefined,
  path: YamlPath,
  merging: Merging,
): YamlMap {
  for (const key of Object.keys(over)) {
    const value = over[key] ?? null;
    const old = ownEntry(base, key);
    if (old === undefined) {
      setEntry(base, key, value);
    } else {
      const merged = mergeValues(old, value, nextRule(rule, key), [...path, key], merging);
      if (merged === old) continue;
      if (Array.isArray(merged)) keepPlaces(merged, old, value, base, over, key);
      if (!isMap(merged) && !Array.isArray(merged)) merging.replaced?.(base, key, over);
      base[key] = merged;
    }
    copySpot(over, key, base, key);
  }
  return base;
}

/** A text that became an entry of a list stands where the text stood. */
function keepPlaces(
  merged: YamlList,
  old: YamlValue,
  value: YamlValue,
  base: YamlMap,
  over: YamlMap,
  key: string,
): void {
  if (typeof old === "string") copySpot(base, key, merged, 0);
  if (typeof value === "string") copySpot(over, key, merged, merged.length - 1);
}

function mergeValues(
  base: YamlValue,
  over: YamlValue,
  rule: RuleNode<Merger> | undefined,
  path: YamlPath,
  merging: Merging,
): YamlValue {
  if (rule?.rule) return rule.rule(base, over, rule, path, merging);
  if (over === null) return base;
  if (isMap(base)) {
    if (!isMap(over)) throw cannotOverride(path, merging);
    return mergeMaps(base, over, rule, path, merging);
  }
  if (Array.isArray(base)) {
    if (!Array.isArray(over)) throw cannotOverride(path, merging);
    return joined(base, over);
  }
  return over;
}

function cannotOverride(path: YamlPath, { over }: Merging): Error {
  return failAt(over, path, `cannot override ${path.join(".")}`);
}

const replace: Merger = (_base, over) => over;

const joinAsList: Merger = (base, over) => joined(asList(base), asList(over));

/** As a list, and what is there already is not added again. */
const joinHosts: Merger = (base, over) => {
  const before = asList(base);
  const known = new Set(before.map(goText));
  const added = asList(over);
  const list: YamlList = [];
  for (const [index, host] of added.entries()) {
    if (known.has(goText(host))) continue;
    copySpot(added, index, list, list.length);
    list.push(host);
  }
  return joined(before, list);
};

const mergeBuild: Merger = (base, over, rule, path, merging) =>
  mergeMaps(asBuild(base), asBuild(over), rule, path, merging);

function asBuild(value: YamlValue): YamlMap {
  return typeof value === "string" ? { context: value } : isMap(value) ? value : {};
}

const mergeDependsOn: Merger = (base, over, rule, path, merging) => {
  const started = () => ({ condition: "service_started", required: true });
  return mergeMaps(asMap(base, started), asMap(over, started), rule, path, merging);
};

const mergeNamed: Merger = (base, over, rule, path, merging) =>
  mergeMaps(
    asMap(base, () => null),
    asMap(over, () => null),
    rule,
    path,
    merging,
  );

/** Options are those of a driver: with another driver they are not merged. */
const mergeLogging: Merger = (base, over, rule, path, merging) => {
  if (!isMap(base) || !isMap(over)) return over;
  const [before, after] = [base.driver, over.driver];
  if (before !== undefined && after !== undefined && before !== after) return over;
  return mergeMaps(base, over, rule, path, merging);
};

const mergeIpam: Merger = (base, over, _rule, path, merging) => {
  if (!Array.isArray(base) || !Array.isArray(over)) throw cannotOverride(path, merging);
  return mergePools(base, over, (pool, other) => mergeMaps(pool, other, undefined, path, merging));
};

const rules = pathRules<Merger>({
  "networks.*.ipam.config": mergeIpam,
  "networks.*.labels": joinAsList,
  "volumes.*.labels": joinAsList,
  "services.*.annotations": joinAsList,
  "services.*.build": mergeBuild,
  "services.*.build.args": joinAsList,
  "services.*.build.additional_contexts": joinAsList,
  "services.*.build.extra_hosts": joinHosts,
  "services.*.build.labels": joinAsList,
  "services.*.command": replace,
  "services.*.depends_on": mergeDependsOn,
  "services.*.deploy.labels": joinAsList,
  "services.*.dns": joinAsList,
  "services.*.dns_opt": joinAsList,
  "services.*.dns_search": joinAsList,
  "services.*.entrypoint": replace,
  "services.*.env_file": joinAsList,
  "services.*.label_file": joinAsList,
  "services.*.environment": joinAsList,
  "services.*.extra_hosts": joinHosts,
  "services.*.healthcheck.test": replace,
  "services.*.labels": joinAsList,
  "services.*.volumes.*.volume.labels": joinAsList,
  "services.*.logging": mergeLogging,
  "services.*.models": mergeNamed,
  "services.*.networks": mergeNamed,
  "services.*.sysctls": joinAsList,
  "services.*.tmpfs": joinAsList,
  "services.*.ulimits.*": replace,
});

function joined(base: YamlList, over: YamlList): YamlList {
  const list = [...base, ...over];
  for (const index of base.keys()) copySpot(base, index, list, index);
  for (const index of over.keys()) copySpot(over, index, list, base.length + index);
  return list;
}

/** `KEY=VALUE` for every entry of a map, sorted; a list as it is. */
function asList(value: YamlValue): YamlList {
  if (Array.isArray(value)) return value;
  if (typeof value === "string") return [value];
  if (!isMap(value)) return [];
  const pairs = Object.keys(value).flatMap((key) => {
    const entry = value[key] ?? null;
    if (entry === null) return [{ key, text: key }];
    const entries = Array.isArray(entry) ? entry : [entry];
    return entries.map((one) => ({ key, text: `${key}=${goText(one)}` }));
  });
  pairs.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
  const list = pairs.map(({ text }) => text);
  for (const [index, { key }] of pairs.entries()) copySpot(value, key, list, index);
  return list;
}

function asMap(value: YamlValue, make: () => YamlValue): YamlMap {
  if (isMap(value)) return value;
  const map: YamlMap = {};
  if (!Array.isArray(value)) return map;
  for (const [index, name] of value.entries()) {
    setEntry(map, goText(name), make());
    copySpot(value, index, map, goText(name));
  }
  return map;
}
