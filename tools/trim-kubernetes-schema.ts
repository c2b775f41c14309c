// `node tools/bun.mjs tools/trim-kubernetes-schema.ts DIRECTORY VERSION`: makes
// tests/fixtures/kubernetes/VERSION.json of the strict schemas in DIRECTORY (see the README there).
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Kinds that `compose convert --to kubernetes` and `inspect --as kubernetes` write. */
const kinds: Readonly<Record<string, string>> = {
  "v1/Namespace": "io.k8s.api.core.v1.Namespace",
  "v1/Pod": "io.k8s.api.core.v1.Pod",
  "v1/Service": "io.k8s.api.core.v1.Service",
  "v1/ServiceAccount": "io.k8s.api.core.v1.ServiceAccount",
  "v1/ConfigMap": "io.k8s.api.core.v1.ConfigMap",
  "v1/Secret": "io.k8s.api.core.v1.Secret",
  "v1/PersistentVolumeClaim": "io.k8s.api.core.v1.PersistentVolumeClaim",
  "apps/v1/Deployment": "io.k8s.api.apps.v1.Deployment",
  "apps/v1/StatefulSet": "io.k8s.api.apps.v1.StatefulSet",
  "apps/v1/DaemonSet": "io.k8s.api.apps.v1.DaemonSet",
  "batch/v1/Job": "io.k8s.api.batch.v1.Job",
  "networking.k8s.io/v1/Ingress": "io.k8s.api.networking.v1.Ingress",
  "networking.k8s.io/v1/NetworkPolicy": "io.k8s.api.networking.v1.NetworkPolicy",
  "autoscaling/v2/HorizontalPodAutoscaler": "io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler",
  "rbac.authorization.k8s.io/v1/Role": "io.k8s.api.rbac.v1.Role",
  "rbac.authorization.k8s.io/v1/RoleBinding": "io.k8s.api.rbac.v1.RoleBinding",
};

const [directory = "", version = ""] = process.argv.slice(2);
const { $defs: definitions } = JSON.parse(readFileSync(join(directory, "_definitions.json"), "utf8")) as {
  $defs: Record<string, unknown>;
};
const kept: Record<string, unknown> = {};

function trimmed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(trimmed);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).flatMap(([key, item]): [string, unknown][] => {
    if (key === "description" && typeof item === "string") return [];
    if (key.startsWith("x-kubernetes-")) return [];
    if (key === "$ref") return [[key, reference(String(item))]];
    return [[key, trimmed(item)]];
  });
  return Object.fromEntries(entries);
}

function reference(text: string): string {
  const name = text.split("/").at(-1) ?? "";
  if (!(name in kept)) {
    kept[name] = true;
    kept[name] = trimmed(definitions[name]);
  }
  return `#/definitions/${name}`;
}

const roots = Object.fromEntries(
  Object.entries(kinds).map(([kind, name]) => [kind, { $ref: reference(name) }]),
);
const file = join(import.meta.dir, `../tests/fixtures/kubernetes/${version}.json`);
writeFileSync(file, `${JSON.stringify({ kinds: roots, definitions: kept })}\n`);
