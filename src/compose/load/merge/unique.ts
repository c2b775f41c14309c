import { invalidArgument } from "../../../errors/engine-error.ts";
import { copySpot, spotOf } from "../../yaml/places.ts";
import { isMap, type YamlList, type YamlMap, type YamlPath, type YamlValue } from "../../yaml/yaml-value.ts";
import { goText } from "../decode/go-text.ts";
import { nextRule, pathRules, type RuleNode } from "../path-rules.ts";
import { located } from "../problem.ts";
import { cutPair } from "../short-forms/canonical.ts";
import { parseVolume } from "../short-forms/volume.ts";

/** What entries of a list are told apart by. Throws a sentence where an entry has no such thing. */
type Identity = (entry: YamlValue) => string;

/** Told when a later entry of a list takes the place of an earlier one. */
export type OnRepeated = (list: YamlList, earlier: number, later: number) => void;

/** Of entries that mean the same thing only the last one stays, where the first one was. */
export function keepUnique(model: YamlMap, repeated?: OnRepeated): void {
  visit(model, rules, [], model, repeated);
}

function visit(
  map: YamlMap,
  node: RuleNode<Identity>,
  path: YamlPath,
  root: YamlMap,
  repeated: OnRepeated | undefined,
): void {
  for (const key of Object.keys(map)) {
    const below = nextRule(node, key);
    const value = map[key];
    if (below === undefined || value === undefined) continue;
    if (isMap(value)) visit(value, below, [...path, key], root, repeated);
    else if (Array.isArray(value) && below.rule) {
      map[key] = unique(value, below.rule, [...path, key], root, repeated);
    }
  }
}

function unique(
  list: YamlList,
  identity: Identity,
  path: YamlPath,
  root: YamlMap,
  repeated: OnRepeated | undefined,
): YamlList {
  // Nothing is like a single text, and what it means is found out later.
  if (list.length === 0 || (list.length === 1 && typeof list[0] === "string")) return list;
  const seen = new Map<string, number>();
  const kept: number[] = [];
  for (const [index, entry] of list.entries()) {
    const id = located(root, [...path, index], () => identity(entry));
    const before = seen.get(id);
    if (before === undefined) {
      seen.set(id, kept.length);
      kept.push(index);
    } else {
      repeated?.(list, kept[before] ?? 0, index);
      kept[before] = index;
    }
  }
  if (kept.length === list.length) return list;
  const result = kept.map((index) => list[index] ?? null);
  for (const [at, index] of kept.entries()) if (spotOf(list, index)) copySpot(list, index, result, at);
  return result;
}

const byKey: Identity = (entry) => cutPair(goText(entry))[0];

const byText: Identity = (entry) => goText(entry);

const byTarget =
  (what: string, ofShort: (text: string) => string): Identity =>
  (entry) => {
    if (typeof entry === "string") return ofShort(entry);
    if (!isMap(entry)) return "";
    const target = entry.target;
    if (typeof target !== "string") throw invalidArgument(`${what} is missing a mount target`);
    return target;
  };

const byMount =
  (folder: string): Identity =>
  (entry) => {
    if (!isMap(entry)) return `${folder}/${goText(entry)}`;
    return entry.target === undefined ? `${folder}/${goText(entry.source ?? null)}` : goText(entry.target);
  };

const byPort: Identity = (entry) => {
  if (!isMap(entry)) return goText(entry);
  if (entry.target === undefined) throw invalidArgument("service ports is missing a target port");
  const { host_ip = "0.0.0.0", published = null, target, protocol = "tcp" } = entry;
  return [host_ip, published, target, protocol].map((part) => goText(part)).join(":");
};

const byPath: Identity = (entry) => {
  if (!isMap(entry)) return goText(entry);
  if (entry.path === undefined) throw invalidArgument("environment path attribute is missing");
  return goText(entry.path);
};

const rules = pathRules<Identity>({
  "networks.*.labels": byKey,
  "networks.*.ipam.options": byKey,
  "services.*.annotations": byKey,
  "services.*.build.args": byKey,
  "services.*.build.additional_contexts": byKey,
  "services.*.build.platform": byKey,
  "services.*.build.tags": byKey,
  "services.*.build.labels": byKey,
  "services.*.cap_add": byKey,
  "services.*.cap_drop": byKey,
  "services.*.configs": byMount(""),
  "services.*.deploy.labels": byKey,
  "services.*.devices": byTarget("service device", (text) => text.split(":")[1] ?? text),
  "services.*.dns": byKey,
  "services.*.dns_opt": byKey,
  "services.*.dns_search": byKey,
  "services.*.environment": byKey,
  "services.*.env_file": byPath,
  "services.*.expose": byText,
  "services.*.labels": byKey,
  "services.*.links": byKey,
  "services.*.networks.*.aliases": byKey,
  "services.*.networks.*.link_local_ips": byKey,
  "services.*.ports": byPort,
  "services.*.profiles": byKey,
  "services.*.secrets": byMount("/run/secrets"),
  "services.*.sysctls": byKey,
  "services.*.tmpfs": byKey,
  "services.*.volumes": byTarget("service volume", (text) => volumeTarget(text)),
});

function volumeTarget(text: string): string {
  return String(parseVolume(text).target ?? "");
}
