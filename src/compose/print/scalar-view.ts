import { durationText } from "../../lib/duration-text.ts";
import type { EnvFile, Ulimit } from "../model/service-parts.ts";
import type { Collection, Scalar } from "../model/shapes/shape.ts";
import { Float, type GoValue } from "./go-value.ts";
import { compareBytes, compareYamlKeys } from "./key-order.ts";

export type Form = "yaml" | "json";

export function scalarView(kind: Scalar, value: unknown): GoValue {
  switch (kind) {
    case "string":
      return value === undefined ? "" : String(value);
    case "boolean":
    case "optional-boolean":
      return value === true;
    case "float":
    case "cpus":
      return new Float(Number(value ?? 0), 32);
    case "duration":
    case "optional-duration":
      return durationText(Number(value ?? 0));
    case "bytes":
      return integerText(value);
    case "optional-file-mode":
      return `0${BigInt(integerText(value)).toString(8)}`;
    case "integer":
    case "optional-integer":
    case "device-count":
      return typeof value === "bigint" ? value : Number(value ?? 0);
    default:
      return kind satisfies never;
  }
}

/** Whole numbers as Go writes them, which knows no exponent. */
function integerText(value: unknown): string {
  if (typeof value === "bigint") return String(value);
  return String(BigInt(Math.trunc(Number(value ?? 0))));
}

export function isScalarNothing(kind: Scalar, value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (kind.startsWith("optional-")) return false;
  return value === "" || value === 0 || value === 0n || value === false;
}

export function collectionView(kind: Collection, value: unknown, form: Form): GoValue {
  switch (kind) {
    case "strings":
    case "string-list":
    case "string-or-number-list":
    case "health-test":
      return value as readonly string[];
    case "shell-command":
      return (value as readonly string[] | undefined) ?? null;
    case "mapping":
    case "labels":
    case "options":
    case "multi-options":
    case "mapping-with-equals":
      return sortedMap(value as Readonly<Record<string, GoValue>>, form, (item) => item);
    case "hosts":
      return hostList(value as Readonly<Record<string, readonly string[]>>);
    case "ssh":
      return (value as readonly { id: string; path?: string }[]).map((key) => sshText(key, form));
    case "env-files":
      return (value as readonly EnvFile[]).map((file) => envFileView(file, form));
    case "ulimits":
      return sortedMap(value as Readonly<Record<string, Ulimit>>, form, (ulimit) => ulimitView(ulimit, form));
    default:
      return kind satisfies never;
  }
}

export function isCollectionNothing(kind: Collection, value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (kind === "shell-command") return false;
  return Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0;
}

export function sortedMap<Item>(
  entries: Readonly<Record<string, Item>>,
  form: Form,
  view: (item: Item) => GoValue,
): ReadonlyMap<string, GoValue> {
  const keys = Object.keys(entries);
  if (keys.length > 1) keys.sort(form === "yaml" ? compareYamlKeys : compareBytes);
  const sorted = new Map<string, GoValue>();
  for (const key of keys) sorted.set(key, view(entries[key] as Item));
  return sorted;
}

function hostList(hosts: Readonly<Record<string, readonly string[]>>): readonly string[] {
  const lines = Object.entries(hosts).flatMap(([name, addresses]) =>
    addresses.map((address) => `${name}=${address}`),
  );
  return lines.sort(compareBytes);
}

/** Docker Compose's JSON of a key with a path is no JSON at all; the short form of the specification is. */
function sshText({ id, path }: { id: string; path?: string }, form: Form): string {
  if (!path) return id;
  return form === "yaml" ? `${id}: ${path}` : `${id}=${path}`;
}

function envFileView({ path, required, format }: EnvFile, form: Form): GoValue {
  if (required) return path;
  const fields: [string, GoValue][] = [
    ["path", path],
    ["required", required],
  ];
  if (form === "json" && format) fields.push(["format", format]);
  return new Map(fields);
}

function ulimitView({ single, soft = 0, hard = 0 }: Ulimit, form: Form): GoValue {
  if (single) return single;
  const fields: readonly [string, GoValue][] = [
    ["soft", soft],
    ["hard", hard],
  ];
  return new Map(form === "yaml" ? fields : fields.filter(([, value]) => value !== 0));
}
