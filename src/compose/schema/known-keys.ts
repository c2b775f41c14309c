import { nearest } from "../../lib/nearest.ts";
import { type SchemaNode, schema } from "./generated/compose-validator.js";

/** The schema of the mapping at a path, of the form that allows mappings. */
export function mappingSchemaAt(path: readonly (string | number)[]): SchemaNode | undefined {
  let nodes: readonly SchemaNode[] = [schema];
  for (const step of path) nodes = nodes.flatMap(forms).flatMap((node) => schemaBelow(node, step));
  return nodes.flatMap(forms).find((node) => [node.type].flat().includes("object"));
}

/** A schema without references and alternatives: the forms it allows. */
function forms(node: SchemaNode): readonly SchemaNode[] {
  if (typeof node.$ref === "string") {
    const target = schema.definitions?.[node.$ref.split("/").at(-1) ?? ""];
    return target ? forms(target) : [];
  }
  return Array.isArray(node.oneOf) ? (node.oneOf as SchemaNode[]).flatMap(forms) : [node];
}

function schemaBelow(node: SchemaNode, step: string | number): readonly SchemaNode[] {
  if (typeof step === "number") return typeof node.items === "object" ? [node.items as SchemaNode] : [];
  const properties = node.properties ?? {};
  const own = Object.hasOwn(properties, step) ? properties[step] : undefined;
  if (own) return [own];
  const patterns = (node.patternProperties ?? {}) as Record<string, SchemaNode>;
  return Object.keys(patterns).flatMap((pattern) => {
    const found = new RegExp(pattern).test(step) ? patterns[pattern] : undefined;
    return found ? [found] : [];
  });
}

/** Keys people write for others, where spelling does not lead there. */
const otherNames: Readonly<Record<string, string>> = {
  env: "environment",
  envs: "environment",
  cmd: "command",
  args: "command",
  depends: "depends_on",
  requires: "depends_on",
  name: "container_name",
  memory: "mem_limit",
  cpu: "cpus",
  workdir: "working_dir",
  health: "healthcheck",
  mounts: "volumes",
  restart_policy: "restart",
  policy: "pull_policy",
  ip: "ipv4_address",
};

/** The key that was meant, if one of the valid ones is near. */
export function nearestKey(key: string, valid: readonly string[]): string | undefined {
  const folded = key.toLowerCase().replaceAll("-", "_");
  const other = otherNames[folded];
  return nearest(folded, valid) ?? (other !== undefined && valid.includes(other) ? other : undefined);
}

/** Where in a service a key belongs that is at its top by mistake: `dockerfile` under `build`. */
export function sectionOf(key: string): string | undefined {
  const sections = schema.definitions?.service?.properties ?? {};
  const found = ["build", "deploy", "healthcheck", "develop", "logging"].filter((section) =>
    keysBelow(sections[section]).includes(key),
  );
  return found.length === 1 ? found[0] : undefined;
}

function keysBelow(node: SchemaNode | undefined): string[] {
  return node ? forms(node).flatMap((form) => Object.keys(form.properties ?? {})) : [];
}

export function isServiceKey(key: string): boolean {
  return Object.hasOwn(schema.definitions?.service?.properties ?? {}, key);
}

/** Whether something at the top of a file looks like a service. */
export function looksLikeService(value: unknown): boolean {
  return typeof value === "object" && value !== null && ("image" in value || "build" in value);
}
