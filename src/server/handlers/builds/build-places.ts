import type {
  BuildOrder,
  NamedContext,
  OrderedCache,
  OrderedOutput,
} from "../../../engine/services/builds.ts";
import { invalidArgument, notImplemented } from "../../../errors/engine-error.ts";
import { parseKeyValues } from "../../../lib/key-values.ts";
import { isObject } from "../../../protocol/validate.ts";
import type { ApiCall } from "../../api-call.ts";
import { jsonParameter, textList, textMap } from "./json-parameter.ts";

/*
 * Where a build takes from and gives to. What the client itself has is a name in its session.
 */

export function orderedContexts(call: ApiCall): BuildOrder["namedContexts"] {
  return new Map(
    [...textMap(call, "contexts")].map(([name, text]) => [name.toLowerCase(), namedContext(name, text)]),
  );
}

/** `session:NAME`, `session-layout:NAME:REF`, `docker-image://REF`, or the address of a repository or a tarball. */
function namedContext(name: string, text: string): NamedContext {
  const [, scheme = "", rest = ""] = /^([a-z-]+):(?:\/\/)?(.*)$/s.exec(text) ?? [];
  switch (scheme) {
    case "session":
      return { kind: "upload", name: rest };
    case "session-layout": {
      const colon = rest.indexOf(":");
      if (colon < 1)
        throw invalidArgument(`invalid context ${JSON.stringify(name)}: must be session-layout:NAME:TAG`);
      return { kind: "layout", name: rest.slice(0, colon), reference: rest.slice(colon + 1) };
    }
    case "docker-image":
      return { kind: "image", reference: rest };
    case "git":
    case "ssh":
      return { kind: "git", url: text };
    case "http":
    case "https":
      return /\.git(#.*|\?.*)?$/.test(text) ? { kind: "git", url: text } : { kind: "http", url: text };
  }
  if (text.startsWith("git@")) return { kind: "git", url: text };
  throw invalidArgument(`invalid context ${JSON.stringify(name)}: ${JSON.stringify(text)} names no source`);
}

/** Docker's names of images, or `type=…` as buildx has it; `name` of a local one is the session's. */
export function orderedCaches(call: ApiCall, parameter: string): OrderedCache[] {
  return textList(call, parameter).map((text) => {
    if (!text.includes("=")) return { kind: "registry", reference: text, mode: "min" };
    const values = parseKeyValues(text);
    const mode = values.get("mode") ?? "min";
    if (mode !== "min" && mode !== "max")
      throw invalidArgument(`invalid mode ${JSON.stringify(mode)} of a cache`);
    switch (values.get("type")) {
      case "registry":
        refuseOthers(values.keys(), ["type", "mode", "ref"], `cache ${JSON.stringify(text)}`);
        return { kind: "registry", reference: needed(values, "ref", text), mode };
      case "local":
        refuseOthers(values.keys(), ["type", "mode", "name"], `cache ${JSON.stringify(text)}`);
        return { kind: "local", name: needed(values, "name", text), mode };
      case "inline":
        refuseOthers(values.keys(), ["type", "mode"], `cache ${JSON.stringify(text)}`);
        return { kind: "inline" };
    }
    throw notImplemented(`caches of type ${JSON.stringify(values.get("type") ?? "")} are not supported`);
  });
}

/** What is not known would change the result in a way somebody counts on. */
function refuseOthers(keys: Iterable<string>, known: readonly string[], what: string): void {
  for (const key of keys) {
    if (!known.includes(key))
      throw notImplemented(`the option ${JSON.stringify(key)} of ${what} is not supported`);
  }
}

function needed(values: ReadonlyMap<string, string>, key: string, text: string): string {
  const value = values.get(key);
  if (!value) throw invalidArgument(`invalid cache ${JSON.stringify(text)}: ${key} is missing`);
  return value;
}

/** `[{"Type":"tar","Attrs":{"name":"0"}}]` */
export function orderedOutputs(call: ApiCall): OrderedOutput[] {
  const value = jsonParameter(call, "outputs") ?? [];
  if (!Array.isArray(value)) throw invalidArgument("invalid value for outputs: must be a JSON array");
  return value.map((item: unknown) => {
    if (!isObject(item) || typeof item.Type !== "string") {
      throw invalidArgument("invalid value for outputs: each must have a Type");
    }
    const attributes = isObject(item.Attrs) ? item.Attrs : {};
    const { Type: type } = item;
    switch (type) {
      case "image":
        refuseOthers(Object.keys(attributes), ["push"], `output of type ${type}`);
        return { kind: type, push: attributes.push === "true" };
      case "registry":
        refuseOthers(Object.keys(attributes), [], `output of type ${type}`);
        return { kind: type };
      case "docker":
      case "oci":
      case "tar":
        refuseOthers(Object.keys(attributes), ["name"], `output of type ${type}`);
        return { kind: type, name: String(attributes.name ?? "") };
    }
    throw notImplemented(`outputs of type ${JSON.stringify(type)} are not supported`);
  });
}
