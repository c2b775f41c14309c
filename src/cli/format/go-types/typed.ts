import { definitions } from "./definitions.ts";
import { type GoField, GoMap, GoNil, GoStruct, GoTime, nilList, nilMap } from "./go-struct.ts";

interface FieldType extends GoField {
  readonly type: string;
}

const parsed = new Map<string, readonly FieldType[]>();

/**
 * JSON as the Go struct of that name would hold it after reading: absent fields are there with
 * their zero. A star in front is for messages only.
 */
export function typed(name: string, json: unknown): GoStruct {
  const source = typeof json === "object" && json !== null ? (json as Readonly<Record<string, unknown>>) : {};
  const fields = fieldsOf(name.replace("*", ""));
  const values = new Map(fields.map((field) => [field.name, goValueOf(field.type, source[field.json])]));
  return new GoStruct(name, fields, values);
}

function fieldsOf(name: string): readonly FieldType[] {
  const known = parsed.get(name);
  if (known) return known;
  const text = definitions[name];
  if (text === undefined) throw new Error(`no Go type ${name} is known`);
  const parts = text === "" ? [] : text.split(",");
  const fields = parts.map((part): FieldType => {
    const [label = "", type = ""] = part.trim().split(" ");
    const [goName = "", jsonName = goName] = label.replace("?", "").split(":");
    return { name: goName, json: jsonName, omitEmpty: label.includes("?"), type };
  });
  parsed.set(name, fields);
  return fields;
}

const zeros: Readonly<Record<string, unknown>> = {
  s: "",
  i: 0,
  b: false,
  l: nilList,
  m: nilMap,
  a: new GoNil("interface {}"),
};

function goValueOf(type: string, json: unknown): unknown {
  const missing = json === undefined || json === null;
  if (Object.hasOwn(zeros, type)) return missing ? zeros[type] : type === "m" ? sortedMap(json) : json;
  const inner = type.replace(/^(=|\*|\[\]|\{\})/, "");
  if (type === "t") return new GoTime(missing ? "0001-01-01T00:00:00Z" : String(json));
  if (type.startsWith("=")) return typed(inner, json);
  if (type.startsWith("*")) return missing ? new GoNil(type) : typed(type, json);
  if (missing) return type.startsWith("[]") ? nilList : nilMap;
  if (type.startsWith("[]")) return listOf(inner, json);
  return sortedMap(
    Object.fromEntries(
      Object.entries(json as object).map(([key, value]) => [
        key,
        // Of port bindings each key has a list.
        Array.isArray(value) ? listOf(inner, value) : value === null ? nilList : typed(inner, value),
      ]),
    ),
  );
}

function listOf(inner: string, json: unknown): unknown {
  return Array.isArray(json) ? json.map((item) => typed(inner, item)) : nilList;
}

/** Go writes maps by the order of their keys. */
function sortedMap(json: unknown): unknown {
  if (typeof json !== "object" || json === null) return json;
  return new GoMap(Object.fromEntries(Object.entries(json).sort(([a], [b]) => (a < b ? -1 : 1))));
}
