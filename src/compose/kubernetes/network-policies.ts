import type { Yaml } from "../../lib/yaml-text.ts";
import type { Service } from "../model/service.ts";
import { about, type Conversion, type Manifest, type YamlMap } from "./conversion.ts";
import { podOwner } from "./kind.ts";
import { isLoopback, protocolOf } from "./ports.ts";

const prefix = "network.hull";

function networksOf(service: Service): readonly string[] {
  return Object.keys(service.networks ?? {});
}

/** By them Pods of one network know each other. */
export function networkLabels(conversion: Conversion, service: Service): Readonly<Record<string, string>> {
  return Object.fromEntries(
    networksOf(service).map((key) => [`${prefix}/${conversion.networkName(key)}`, "member"]),
  );
}

function members(conversion: Conversion, key: string): YamlMap {
  return { matchLabels: { [`${prefix}/${conversion.networkName(key)}`]: "member" } };
}

/** Who shares a network may talk; published ports are open to all; internal networks lead nowhere else. */
export function networkPolicies(conversion: Conversion, pods: readonly Service[]): readonly Manifest[] {
  const { project } = conversion;
  const used = Object.keys(project.networks).filter((key) =>
    pods.some((service) => networksOf(service).includes(key)),
  );
  const names = new Set(used.map((key) => `network-${conversion.networkName(key)}`));
  const free = (wish: string): string => (names.has(wish) ? `${wish}-service` : wish);
  return [
    ...used.map((key) => networkPolicy(conversion, key)),
    ...pods.flatMap((service) => servicePolicies(conversion, service, free)),
  ];
}

function networkPolicy(conversion: Conversion, key: string): Manifest {
  return conversion.manifest(
    "networking.k8s.io/v1",
    "NetworkPolicy",
    `network-${conversion.networkName(key)}`,
    {
      spec: {
        podSelector: members(conversion, key),
        policyTypes: ["Ingress"],
        ingress: [{ from: [{ podSelector: members(conversion, key) }] }],
      },
    },
  );
}

function servicePolicies(
  conversion: Conversion,
  service: Service,
  free: (wish: string) => string,
): readonly Manifest[] {
  const name = conversion.nameOf(service.name);
  const podSelector = { matchLabels: conversion.selector(service) };
  const policy = (wish: string, spec: YamlMap) =>
    conversion.manifest("networking.k8s.io/v1", "NetworkPolicy", free(wish), { spec }, service);
  if (service.network_mode === "host") {
    conversion.notes.changed(
      about(service),
      "network_mode",
      "network policies do not hold on the host's network",
    );
    return [];
  }
  if (service.network_mode === "none")
    return [policy(`${name}-isolated`, { podSelector, policyTypes: ["Ingress", "Egress"] })];
  const policies: Manifest[] = [];
  const group = Object.values(conversion.project.services).filter(
    (one) => podOwner(conversion.project, one) === service,
  );
  const open = group.flatMap((one) => (one.ports ?? []).filter((port) => !isLoopback(port)));
  if (open.length > 0) {
    const ports = new Map(
      open.map(({ target, protocol }) => [
        `${target} ${protocolOf(protocol)}`,
        { port: target, protocol: protocolOf(protocol) },
      ]),
    );
    policies.push(
      policy(`${name}-published`, {
        podSelector,
        policyTypes: ["Ingress"],
        ingress: [{ ports: [...ports.values()] }],
      }),
    );
  }
  const networks = networksOf(service);
  const isInternal =
    networks.length > 0 && networks.every((key) => conversion.project.networks[key]?.internal);
  if (isInternal)
    policies.push(
      policy(`${name}-internal`, {
        podSelector,
        policyTypes: ["Egress"],
        egress: internalEgress(conversion, service),
      }),
    );
  return policies;
}

/** Names must still be found, and Jobs must still be asked about. */
function internalEgress(conversion: Conversion, service: Service): readonly Yaml[] {
  const asksJobs = Object.values(service.depends_on ?? {}).some(
    ({ condition }) => condition === "service_completed_successfully",
  );
  return [
    { to: networksOf(service).map((key) => ({ podSelector: members(conversion, key) })) },
    {
      ports: [
        { port: 53, protocol: "UDP" },
        { port: 53, protocol: "TCP" },
      ],
    },
    ...(asksJobs
      ? [
          {
            ports: [
              { port: 443, protocol: "TCP" },
              { port: 6443, protocol: "TCP" },
            ],
          },
        ]
      : []),
  ];
}
