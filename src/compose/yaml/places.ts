import type { Place } from "../load/provenance.ts";
import type { SourceText } from "./source-text.ts";
import type { YamlPath, YamlValue } from "./yaml-value.ts";

/** Where one entry of a mapping or list is written. In a list the key is where the value is. */
export interface Spot {
  readonly source: SourceText;
  /** Offsets in the source's text. */
  readonly key: number;
  readonly value: number;
}

/**
 * Where the entries of every mapping and list came from, beside the values and not in them: values
 * stay plain, and whoever moves an entry to another container (merge, extends, short to long form)
 * takes its spot along with `copySpot`. An entry without a spot stands where its container does.
 */
const table = new WeakMap<object, Map<string | number, Spot>>();
const roots = new WeakMap<object, Spot>();

export function spotsOf(container: object): ReadonlyMap<string | number, Spot> | undefined {
  return table.get(container);
}

export function spotOf(container: object, key: string | number): Spot | undefined {
  return table.get(container)?.get(key);
}

function setSpot(container: object, key: string | number, spot: Spot | undefined): void {
  if (spot === undefined) return;
  const spots = table.get(container);
  if (spots) spots.set(key, spot);
  else table.set(container, new Map([[key, spot]]));
}

/** All spots of a container that is being made: it takes the map over. */
export function setSpots(container: object, spots: Map<string | number, Spot>): void {
  table.set(container, spots);
}

/** Where a whole document begins, which no container holds. */
export function setRootSpot(container: object, spot: Spot): void {
  roots.set(container, spot);
}

export function copySpot(
  from: object,
  fromKey: string | number,
  to: object,
  toKey: string | number = fromKey,
): void {
  setSpot(to, toKey, spotOf(from, fromKey));
}

/** Takes over all spots of `from`, where `to` has none of its own: for a copy of a container. */
export function copySpots(from: object, to: object): void {
  const root = roots.get(from);
  if (root && !roots.has(to)) roots.set(to, root);
  const spots = table.get(from);
  if (!spots) return;
  const own = table.get(to);
  if (!own) table.set(to, new Map(spots));
  else for (const [key, spot] of spots) if (!own.has(key)) own.set(key, spot);
}

/** A copy in depth that keeps all places. */
export function cloneWithPlaces<T extends YamlValue>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const list = value.map((item) => cloneWithPlaces(item));
    copySpots(value, list);
    return list as T;
  }
  const map: Record<string, YamlValue> = {};
  for (const key of Object.keys(value)) setEntry(map, key, cloneWithPlaces(value[key] as YamlValue));
  copySpots(value, map);
  return map as T;
}

/** Sets a key, `__proto__` included, which plain assignment would lose. */
export function setEntry(map: Record<string, YamlValue>, key: string, value: YamlValue): void {
  if (key === "__proto__") {
    Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    map[key] = value;
  }
}

/** Where the value at a path is written; where its nearest container is, if it has no place itself. */
export function placeOf(root: YamlValue, path: YamlPath, of: "key" | "value" = "value"): Place | undefined {
  let container: unknown = root;
  let found = typeof root === "object" && root !== null ? roots.get(root) : undefined;
  let exact = path.length === 0;
  for (const [depth, step] of path.entries()) {
    if (typeof container !== "object" || container === null) break;
    const spot = spotOf(container, step);
    if (spot) found = spot;
    exact = spot !== undefined && depth === path.length - 1;
    container = (container as Record<string | number, unknown>)[step];
  }
  if (!found) return undefined;
  return found.source.placeAt(of === "value" && exact ? found.value : found.key);
}
