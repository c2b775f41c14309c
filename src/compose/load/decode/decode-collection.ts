import { invalidArgument } from "../../../errors/engine-error.ts";
import type { Collection } from "../../model/shapes/shape.ts";
import { setEntry } from "../../yaml/places.ts";
import { isMap, type YamlMap, type YamlValue } from "../../yaml/yaml-value.ts";
import { cutPair } from "../short-forms/canonical.ts";
import { goText, goType } from "./go-text.ts";
import { decodeHosts } from "./hosts.ts";
import { shellWords } from "./shell-words.ts";

/** A list or map of the model; undefined where nothing is in it. Throws a sentence about what cannot be one. */
export function decodeCollection(kind: Collection, value: YamlValue): unknown {
  switch (kind) {
    case "strings":
    case "string-list":
    case "string-or-number-list":
      return filled(texts(value));
    case "shell-command":
      return typeof value === "string" ? shellWords(value) : texts(value);
    case "health-test":
      return filled(typeof value === "string" ? ["CMD-SHELL", value] : texts(value));
    case "mapping":
    case "labels":
      return filledMap(mapping(value));
    case "options":
      return filledMap(options(value));
    case "multi-options":
      return filledMap(multiOptions(value));
    case "mapping-with-equals":
      return filledMap(mappingWithEquals(value));
    case "hosts":
      return filledMap(decodeHosts(value));
    case "ssh":
      return filled(sshKeys(value));
    case "env-files":
      return filled(envFiles(value));
    case "ulimits":
      return filledMap(ulimits(value));
    default:
      return kind satisfies never;
  }
}

function filled<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}

function filledMap<T>(map: Record<string, T>): Record<string, T> | undefined {
  return Object.keys(map).length === 0 ? undefined : map;
}

function texts(value: YamlValue): string[] {
  if (typeof value === "string") return [value];
  if (!Array.isArray(value)) throw wrongType(value, "a list");
  return value.map(goText);
}

function mapping(value: YamlValue): Record<string, string> {
  if (!Array.isArray(value)) return options(value);
  const map: Record<string, string> = {};
  for (const entry of value) {
    const [key, text = ""] = cutPair(goText(entry));
    setEntry(map, key, text);
  }
  return map;
}

function options(value: YamlValue): Record<string, string> {
  return mapValues(value, (entry) => (entry === null ? "" : goText(entry)));
}

function multiOptions(value: YamlValue): Record<string, string[]> {
  return mapValues(value, (entry) => (Array.isArray(entry) ? entry.map(goText) : [goText(entry)]));
}

function mappingWithEquals(value: YamlValue): Record<string, string | null> {
  if (!Array.isArray(value)) return mapValues(value, (entry) => (entry === null ? null : goText(entry)));
  const map: Record<string, string | null> = {};
  for (const entry of value) {
    const [key, text] = cutPair(goText(entry));
    if (/\s$/.test(key)) {
      throw invalidArgument(`environment variable ${key} is declared with a trailing space`);
    }
    setEntry(map, key, text ?? null);
  }
  return map;
}

function sshKeys(value: YamlValue): { id: string; path?: string }[] {
  const keys = mapValues(value, (path) => (path === null ? "" : goText(path)));
  return Object.keys(keys)
    .sort()
    .map((id) => ({ id, ...(keys[id] && { path: keys[id] }) }));
}

function envFiles(value: YamlValue): { path: string; required: boolean; format?: string }[] {
  if (!Array.isArray(value)) throw wrongType(value, "a list");
  return value.filter(isMap).map(({ path = "", required = true, format = "" }) => ({
    path: goText(path),
    required: required === true || required === "true",
    ...(format !== "" && format !== null && { format: goText(format) }),
  }));
}

function ulimits(value: YamlValue): Record<string, YamlMap> {
  return mapValues(value, (limit): YamlMap => {
    if (typeof limit === "number") return limit === 0 ? {} : { single: limit };
    if (!isMap(limit)) throw invalidArgument(`unexpected value type ${goType(limit)} for ulimit`);
    const { soft, hard } = limit;
    return { ...(soft && { soft }), ...(hard && { hard }) };
  });
}

function mapValues<T>(value: YamlValue, change: (entry: YamlValue) => T): Record<string, T> {
  if (!isMap(value)) throw wrongType(value, "a mapping");
  return Object.fromEntries(Object.keys(value).map((key) => [key, change(value[key] ?? null)]));
}

function wrongType(value: YamlValue, wanted: string): Error {
  return invalidArgument(`unexpected value type ${goType(value)}, expected ${wanted}`);
}
