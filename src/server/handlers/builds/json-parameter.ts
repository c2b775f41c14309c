import { invalidArgument } from "../../../errors/engine-error.ts";
import { isObject } from "../../../protocol/validate.ts";
import type { ApiCall } from "../../api-call.ts";

/** A query parameter that holds JSON; undefined when it is absent. */
export function jsonParameter(call: ApiCall, name: string): unknown {
  const text = call.text(name);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalidArgument(`invalid value for ${name}: it is no JSON`, cause);
  }
}

/** `{"A":"1","B":null}`: null is as good as absent. */
export function textMap(call: ApiCall, name: string): Map<string, string> {
  const value = jsonParameter(call, name) ?? {};
  if (!isObject(value)) throw invalidArgument(`invalid value for ${name}: must be a JSON object`);
  const map = new Map<string, string>();
  for (const [key, text] of Object.entries(value)) {
    if (text === null) continue;
    if (typeof text !== "string")
      throw invalidArgument(`invalid value for ${name}: ${JSON.stringify(key)} is no string`);
    map.set(key, text);
  }
  return map;
}

export function textList(call: ApiCall, name: string): string[] {
  const value = jsonParameter(call, name) ?? [];
  if (!Array.isArray(value) || !value.every((item) => typeof item === "string")) {
    throw invalidArgument(`invalid value for ${name}: must be a JSON array of strings`);
  }
  return value;
}
