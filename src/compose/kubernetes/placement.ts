import type { Service } from "../model/service.ts";
import { about, type Conversion, filled, type YamlMap } from "./conversion.ts";

interface Expression {
  readonly key: string;
  readonly operator: "In" | "NotIn";
  readonly values: readonly string[];
}

/** On which nodes Pods may run. */
export function placementOf(conversion: Conversion, service: Service): YamlMap {
  const { constraints = [], preferences = [], max_replicas_per_node: most } = service.deploy?.placement ?? {};
  const expressions = [
    ...platformOf(conversion, service),
    ...constraints.flatMap((text) => constraint(conversion, service, text) ?? []),
  ];
  const spreads = preferences.flatMap(({ spread = "" }) => {
    const key = nodeKey(spread);
    if (key !== undefined) return [spreadOver(conversion, service, key, "ScheduleAnyway")];
    conversion.notes.lost(
      about(service),
      "deploy.placement.preferences",
      `${JSON.stringify(spread)} is nothing nodes have in a cluster`,
    );
    return [];
  });
  if (most !== undefined && most > 1)
    conversion.notes.lost(
      about(service),
      "deploy.placement.max_replicas_per_node",
      "only one a node can be said",
    );
  return {
    affinity: filled({
      nodeAffinity:
        expressions.length > 0
          ? {
              requiredDuringSchedulingIgnoredDuringExecution: {
                nodeSelectorTerms: [{ matchExpressions: expressions.map((one) => ({ ...one })) }],
              },
            }
          : undefined,
      podAntiAffinity:
        most === 1
          ? {
              requiredDuringSchedulingIgnoredDuringExecution: [
                {
                  topologyKey: "kubernetes.io/hostname",
                  labelSelector: { matchLabels: conversion.selector(service) },
                },
              ],
            }
          : undefined,
    }),
    topologySpreadConstraints: filled(spreads),
  };
}

function platformOf(conversion: Conversion, service: Service): readonly Expression[] {
  if (service.platform === undefined) return [];
  const [os = "", arch, variant] = service.platform.split("/");
  if (variant !== undefined)
    conversion.notes.lost(about(service), "platform", `nodes do not tell the variant ${variant}`);
  return [
    { key: "kubernetes.io/os", operator: "In", values: [os] },
    ...(arch === undefined ? [] : [{ key: "kubernetes.io/arch", operator: "In", values: [arch] } as const]),
  ];
}

function constraint(conversion: Conversion, service: Service, text: string): Expression | undefined {
  const [, left = "", sign, value = ""] = /^\s*([\w./-]+)\s*(==|!=)\s*(.*?)\s*$/.exec(text) ?? [];
  const key = nodeKey(left);
  if (key === undefined || sign === undefined) {
    conversion.notes.lost(
      about(service),
      "deploy.placement.constraints",
      `${JSON.stringify(text)} is nothing nodes have in a cluster`,
    );
    return undefined;
  }
  return { key, operator: sign === "==" ? "In" : "NotIn", values: [value] };
}

function nodeKey(text: string): string | undefined {
  if (text === "node.hostname") return "kubernetes.io/hostname";
  if (text === "node.platform.os") return "kubernetes.io/os";
  if (text === "node.platform.arch") return "kubernetes.io/arch";
  return text.startsWith("node.labels.") ? text.slice("node.labels.".length) : undefined;
}

function spreadOver(
  conversion: Conversion,
  service: Service,
  topologyKey: string,
  whenUnsatisfiable: string,
): YamlMap {
  return {
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable,
    labelSelector: { matchLabels: conversion.selector(service) },
  };
}
