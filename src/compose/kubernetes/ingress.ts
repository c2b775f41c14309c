import type { Service } from "../model/service.ts";
import type { ServicePort } from "../model/service-parts.ts";
import { about, type Conversion, type Manifest } from "./conversion.ts";
import { portsOf, protocolOf, publishedPort } from "./ports.ts";

const word = "hull.ingress";

function labelOf(service: Service, key: string): string | undefined {
  return service.deploy?.labels?.[key] ?? service.labels?.[key];
}

/** Whether people reach that port through an Ingress, and need no other way to it. */
export function isIngressPort(service: Service, port: ServicePort): boolean {
  return (
    backendPort(service) === port.target && (labelOf(service, word) !== undefined || isWebPort(service, port))
  );
}

/**
 * Without a label: what is published as port 80 is for browsers. Who publishes 443 as well, or
 * from a port of its own that speaks TLS, ends TLS himself and gets an address instead.
 */
function isWebPort({ ports = [] }: Service, port: ServicePort): boolean {
  if (protocolOf(port.protocol) !== "TCP") return false;
  const published = publishedPort(port);
  const endsTls = ports.some(
    (one) => publishedPort(one) === 443 && (one.target === 443 || one.target === 8443),
  );
  return !endsTls && (published === 80 || published === 443);
}

function backendPort(service: Service): number | undefined {
  const given = labelOf(service, `${word}.port`);
  if (given !== undefined) return Number(given);
  const web = (service.ports ?? []).find((port) => isWebPort(service, port));
  return web?.target ?? portsOf(service).find(({ protocol }) => protocol === "TCP")?.port;
}

/** `hull.ingress: example.com/shop, www.example.com`; `.port`, `.class` and `.tls` say more. */
export function ingressOf(conversion: Conversion, owner: Service, service: Service): readonly Manifest[] {
  const given = labelOf(service, word);
  const isWeb = (service.ports ?? []).some((port) => isWebPort(service, port));
  if (given === "false" || (given === undefined && !isWeb)) return [];
  const port = backendPort(service);
  if (port === undefined || !Number.isInteger(port)) {
    conversion.notes.lost(about(service), "labels", `${word} needs a port: ${word}.port says which`);
    return [];
  }
  const name = conversion.nameOf(service.name);
  const backend = { service: { name: conversion.nameOf(owner.name), port: { number: port } } };
  const places = (given === undefined || given === "" || given === "true" ? "/" : given)
    .split(",")
    .map((text) => text.trim())
    .filter((text) => text !== "");
  const hosts = new Map<string, string[]>();
  for (const place of places) {
    const slash = place.indexOf("/");
    const host = slash < 0 ? place : place.slice(0, slash);
    const path = slash < 0 ? "/" : place.slice(slash);
    hosts.set(host, [...(hosts.get(host) ?? []), path]);
  }
  const secretName = labelOf(service, `${word}.tls`);
  const named = [...hosts.keys()].filter((host) => host !== "");
  return [
    conversion.manifest(
      "networking.k8s.io/v1",
      "Ingress",
      name,
      {
        spec: {
          ingressClassName: labelOf(service, `${word}.class`),
          tls:
            secretName === undefined
              ? undefined
              : [{ hosts: named.length > 0 ? named : undefined, secretName }],
          rules: [...hosts].map(([host, paths]) => ({
            host: host === "" ? undefined : host,
            http: { paths: paths.map((path) => ({ path, pathType: "Prefix", backend })) },
          })),
        },
      },
      service,
    ),
  ];
}
