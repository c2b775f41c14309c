import type { Collection, Field, Kind, Scalar, Shape } from "../../model/shapes/shape.ts";
import { setEntry } from "../../yaml/places.ts";
import { isMap, type YamlMap, type YamlPath, type YamlValue } from "../../yaml/yaml-value.ts";
import { failAt, located, type Problems } from "../problem.ts";
import { decodeCollection } from "./decode-collection.ts";
import { decodeScalar } from "./decode-scalar.ts";

/** Makes structures of a tree by their shapes; what is empty is absent, what no shape knows is left out. */
export class ModelDecoder {
  constructor(
    private readonly root: YamlMap,
    private readonly problems: Problems,
  ) {}

  structure(shape: Shape, value: YamlMap, path: YamlPath): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    const fields = fieldsOf(shape);
    let isExtended = false;
    for (const key of Object.keys(value)) {
      const given = value[key];
      const field = fields.get(key);
      isExtended ||= key.startsWith("x-");
      if (field === undefined || given === undefined || given === null) continue;
      const decoded = this.entry(field, given, path, key);
      if (decoded !== undefined) result[key] = decoded;
    }
    if (shape.extensible && isExtended) result.extensions = extensionsOf(value);
    return result;
  }

  private entry(field: Field, given: YamlValue, path: YamlPath, key: string): unknown {
    const { kind } = field;
    // Most values are texts that are meant as such.
    if (kind === "string" && typeof given === "string" && given !== "") return given;
    if (typeof kind === "string" && field.always === undefined) {
      try {
        return decodeSimple(kind, given);
      } catch {
        // Done again below, where it is found out what to say, and of which place.
      }
    }
    return this.problems.attempt(() => this.field(field, given, [...path, key]));
  }

  /** All entries of a map, by name. */
  mapOf(shape: Shape, value: YamlValue, path: YamlPath, optional: boolean): Record<string, unknown> {
    const map: Record<string, unknown> = {};
    for (const [key, entry] of Object.entries(this.asMap(value, path))) {
      const at = [...path, key];
      const decoded =
        entry === null ? (optional ? null : {}) : this.structure(shape, this.asMap(entry, at), at);
      setEntry(map as YamlMap, key, decoded as YamlValue);
    }
    return map;
  }

  private field(field: Field, value: YamlValue, path: YamlPath): unknown {
    const decoded = this.kind(field.kind, value, path);
    // What is always printed is always there, be it false or zero.
    return decoded === undefined && field.always !== undefined ? value : decoded;
  }

  private kind(kind: Kind, value: YamlValue, path: YamlPath): unknown {
    if (typeof kind === "string") {
      return located(this.root, path, () => decodeSimple(kind, value));
    }
    if ("pointer" in kind) return this.structure(kind.pointer, this.asMap(value, path), path);
    if ("value" in kind) return filled(this.structure(kind.value, this.asMap(value, path), path));
    if ("listOf" in kind) return this.listOf(kind.listOf, value, path);
    if ("mapOf" in kind) return filled(this.mapOf(kind.mapOf, value, path, false));
    return filled(this.mapOf(kind.mapOfOptional, value, path, true));
  }

  private listOf(shape: Shape, value: YamlValue, path: YamlPath): unknown {
    if (!Array.isArray(value)) throw failAt(this.root, path, "must be a list");
    const list = value.map((entry, index) =>
      this.structure(shape, this.asMap(entry, [...path, index]), [...path, index]),
    );
    return list.length === 0 ? undefined : list;
  }

  private asMap(value: YamlValue, path: YamlPath): YamlMap {
    if (isMap(value)) return value;
    throw failAt(this.root, path, "must be a mapping");
  }
}

const decodeSimple = (kind: Scalar | Collection, value: YamlValue) =>
  isScalar(kind) ? decodeScalar(kind, value) : decodeCollection(kind, value);

const fieldsByShape = new WeakMap<Shape, ReadonlyMap<string, Field>>();

function fieldsOf(shape: Shape): ReadonlyMap<string, Field> {
  const known = fieldsByShape.get(shape);
  if (known) return known;
  const fields = new Map(shape.fields.map((field) => [field.key, field]));
  fieldsByShape.set(shape, fields);
  return fields;
}

function filled(value: Record<string, unknown>): Record<string, unknown> | undefined {
  return Object.keys(value).length === 0 ? undefined : value;
}

export function extensionsOf(value: YamlMap): Record<string, unknown> | undefined {
  const names = Object.keys(value).filter((key) => key.startsWith("x-"));
  return names.length === 0 ? undefined : Object.fromEntries(names.map((name) => [name, value[name]]));
}

const scalars: Readonly<Record<Scalar, true>> = {
  string: true,
  integer: true,
  float: true,
  cpus: true,
  boolean: true,
  duration: true,
  bytes: true,
  "device-count": true,
  "optional-integer": true,
  "optional-boolean": true,
  "optional-duration": true,
  "optional-file-mode": true,
};

function isScalar(kind: Scalar | Collection): kind is Scalar {
  return kind in scalars;
}
