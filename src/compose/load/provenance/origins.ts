import { pathText } from "../../yaml/path-text.ts";
import { type Spot, spotOf, spotsOf } from "../../yaml/places.ts";
import { isMap, type YamlMap, type YamlPath, type YamlValue } from "../../yaml/yaml-value.ts";
import { secretContent } from "../complete/variables.ts";
import { goText } from "../decode/go-text.ts";
import { nextRule, pathRules, type RuleNode } from "../path-rules.ts";
import type { Origin } from "../provenance.ts";
import { cutPair } from "../short-forms/canonical.ts";
import type { Recorder, Replaced } from "./recorder.ts";

/** Lists that are maps written as `KEY=VALUE`: their entries are known by their keys. */
const pairs = pathRules<true>({
  "services.*.annotations": true,
  "services.*.build.args": true,
  "services.*.build.labels": true,
  "services.*.deploy.labels": true,
  "services.*.environment": true,
  "services.*.labels": true,
  "services.*.sysctls": true,
  "networks.*.labels": true,
  "volumes.*.labels": true,
});

/** Where every single value of a model came from, by its path. */
export function originsOf(model: YamlMap, recorder: Recorder): ReadonlyMap<string, Origin> {
  const origins = new Map<string, Origin>();
  const walk = (value: YamlValue, path: YamlPath, at: Found, rules: RuleNode<true> | undefined): void => {
    if (typeof value !== "object" || value === null || Object.keys(value).length === 0) {
      const origin = originOf(path, value, at, recorder);
      if (origin) origins.set(origin.path, origin);
      return;
    }
    for (const key of Array.isArray(value) ? value.keys() : Object.keys(value)) {
      if (key === secretContent) continue;
      const entry = (value as YamlMap)[key] ?? null;
      const isPair = rules?.rule && Array.isArray(value);
      const [step, said] = isPair ? cutPair(goText(entry)) : [key, entry];
      walk(said ?? null, [...path, step], found(value, key, at), nextRule(rules, key));
    }
  };
  walk(model, [], { spot: undefined, isDefault: true }, pairs);
  return origins;
}

interface Found {
  readonly spot: Spot | undefined;
  /** No file says it. */
  readonly isDefault: boolean;
}

/** What stands in a container none of whose entries has a place is part of a short form, as the container is. */
function found(container: object, key: string | number, outer: Found): Found {
  const spot = spotOf(container, key);
  if (spot) return { spot, isDefault: false };
  const isWritten = (spotsOf(container)?.size ?? 0) > 0;
  return isWritten ? { spot: outer.spot, isDefault: true } : outer;
}

function originOf(
  path: YamlPath,
  value: YamlValue,
  { spot, isDefault }: Found,
  recorder: Recorder,
): Origin | undefined {
  if (!spot) return undefined;
  const service = path[0] === "services" ? String(path[1]) : undefined;
  return {
    path: pathText(path),
    value,
    place: placeOfSpot(spot),
    by: isDefault ? "default" : recorder.roleOf(spot, service),
    overrode: isDefault ? [] : recorder.overrode(spot).map(shown),
  };
}

const shown = ({ spot, value }: Replaced) => ({ place: placeOfSpot(spot), value: plain(value) });

/** Of `KEY=VALUE` the value alone. */
function plain(value: YamlValue): unknown {
  if (typeof value !== "string") return isMap(value) || Array.isArray(value) ? structuredClone(value) : value;
  return /^[\w.-]+=/.test(value) ? cutPair(value)[1] : value;
}

const placeOfSpot = (spot: Spot) => spot.source.placeAt(spot.value);
