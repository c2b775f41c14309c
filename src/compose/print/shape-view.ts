import type { Collection, Field, Kind, Scalar, Shape } from "../model/shapes/shape.ts";
import { Float, type GoValue } from "./go-value.ts";
import {
  collectionView,
  type Form,
  isCollectionNothing,
  isScalarNothing,
  scalarView,
  sortedMap,
} from "./scalar-view.ts";

type Values = Readonly<Record<string, unknown>>;

/** A structure of the model as it is printed: fields in their order, those with nothing in them left out. */
export function shapeView(shape: Shape, value: object, form: Form): ReadonlyMap<string, GoValue> {
  const values = value as Values;
  const { places, lasting } = layoutOf(shape, form);
  const printed = [...lasting];
  for (const key of Object.keys(values)) {
    const place = places.get(key);
    const field = place === undefined ? undefined : shape.fields[place];
    if (place !== undefined && field && !isNothing(field.kind, values[key], form)) printed.push(place);
  }
  const fields = new Map<string, GoValue>();
  for (const place of printed.sort((left, right) => left - right)) {
    const field = shape.fields[place];
    const name = field && nameIn(field, form);
    if (field && name) fields.set(name, kindView(field.kind, values[field.key], form));
  }
  if (form === "yaml" && shape.extensible) addExtensions(fields, values.extensions, form);
  return fields;
}

interface Layout {
  /** Where fields stand that are printed when something is in them. Structures have many, values few. */
  readonly places: ReadonlyMap<string, number>;
  /** Where those stand that are always printed. */
  readonly lasting: readonly number[];
}

const layouts = { yaml: new Map<Shape, Layout>(), json: new Map<Shape, Layout>() };

function layoutOf(shape: Shape, form: Form): Layout {
  const known = layouts[form].get(shape);
  if (known) return known;
  const places = new Map<string, number>();
  const lasting: number[] = [];
  for (const [place, field] of shape.fields.entries()) {
    if (nameIn(field, form) === false) continue;
    const isLasting =
      field.always === form || field.always === "both" || !isNothing(field.kind, undefined, form);
    if (isLasting) lasting.push(place);
    else places.set(field.key, place);
  }
  const layout = { places, lasting };
  layouts[form].set(shape, layout);
  return layout;
}

const nameIn = (field: Field, form: Form) =>
  form === "json" ? (field.json ?? field.key) : (field.yaml ?? field.key);

/** Keys that begin with `x-`, sorted, behind what is there already. */
export function addExtensions(fields: Map<string, GoValue>, extensions: unknown, form: Form): void {
  if (extensions === undefined) return;
  for (const [key, item] of sortedMap(extensions as Values, form, (any) => anyView(any, form))) {
    fields.set(key, item);
  }
}

function isNothing(kind: Kind, value: unknown, form: Form): boolean {
  if (typeof kind === "string") {
    return isCollection(kind) ? isCollectionNothing(kind, value) : isScalarNothing(kind, value);
  }
  if ("value" in kind) return form === "yaml" && isEmptyShape(kind.value, (value ?? {}) as Values);
  if (value === undefined || value === null) return true;
  return !("pointer" in kind) && Object.keys(value).length === 0;
}

const isEmptyShape = (shape: Shape, values: Values) =>
  shape.fields.every(({ key, kind }) => isNothing(kind, values[key], "yaml")) &&
  Object.keys(values.extensions ?? {}).length === 0;

function kindView(kind: Kind, value: unknown, form: Form): GoValue {
  if (typeof kind === "string") {
    return isCollection(kind) ? collectionView(kind, value, form) : scalarView(kind, value);
  }
  if ("value" in kind) return shapeView(kind.value, (value ?? {}) as Values, form);
  if ("pointer" in kind) return shapeView(kind.pointer, value as Values, form);
  if ("listOf" in kind) return (value as readonly Values[]).map((item) => shapeView(kind.listOf, item, form));
  const items = (value ?? {}) as Readonly<Record<string, Values | null>>;
  const shape = "mapOf" in kind ? kind.mapOf : kind.mapOfOptional;
  return sortedMap(items, form, (item) => (item === null ? null : shapeView(shape, item, form)));
}

const collections: Readonly<Record<Collection, true>> = {
  strings: true,
  "string-list": true,
  "string-or-number-list": true,
  "shell-command": true,
  "health-test": true,
  mapping: true,
  labels: true,
  options: true,
  "multi-options": true,
  "mapping-with-equals": true,
  hosts: true,
  ssh: true,
  "env-files": true,
  ulimits: true,
};

const isCollection = (kind: Scalar | Collection): kind is Collection => kind in collections;

/** What stands below an `x-` key, or in a model that was not read into structures: anything a file can hold. */
export function anyView(value: unknown, form: Form): GoValue {
  if (value === undefined || value === null) return null;
  // Whole numbers that are not exact are bigint, or were written as a fraction.
  if (typeof value === "number") return isWhole(value) ? value : new Float(value, 64);
  if (typeof value === "string" || typeof value === "boolean" || typeof value === "bigint") return value;
  // An empty list is no list at all in Go when it was read, and JSON tells.
  if (Array.isArray(value)) {
    return value.length === 0 && form === "json" ? null : value.map((item) => anyView(item, form));
  }
  return sortedMap(value as Values, form, (item) => anyView(item, form));
}

const isWhole = (value: number) => Number.isSafeInteger(value) && !Object.is(value, -0);
