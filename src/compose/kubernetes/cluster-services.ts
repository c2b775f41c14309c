import type { Service } from "../model/service.ts";
import type { ServicePort } from "../model/service-parts.ts";
import { about, type Conversion, type Manifest } from "./conversion.ts";
import { ingressOf, isIngressPort } from "./ingress.ts";
import { companionsOf, type WorkloadKind } from "./kind.ts";
import { serviceName } from "./name.ts";
import { isLoopback, type PodPort, portsOf, protocolOf, publishedPort } from "./ports.ts";

/** How others find it: by its name and its aliases in the cluster, by published ports from outside. */
export function servicesOf(
  conversion: Conversion,
  service: Service,
  kind: WorkloadKind,
): readonly Manifest[] {
  const group = [service, ...companionsOf(conversion.project, service)];
  for (const one of group) tellRenaming(conversion, one);
  const manifests: Manifest[] = [];
  const isUnreachable = kind === "Job" || service.network_mode === "none";
  if (!isUnreachable) {
    const ports = group.flatMap(portsOf);
    const isHeadless =
      kind === "StatefulSet" || ports.length === 0 || service.deploy?.endpoint_mode === "dnsrr";
    for (const name of namesOf(conversion, group)) {
      manifests.push(clusterService(conversion, service, name, ports, isHeadless));
    }
  } else if (group.some(({ ports }) => (ports ?? []).length > 0)) {
    conversion.notes.lost(about(service), "ports", "nothing leads to a Job");
    return [];
  }
  return [...manifests, ...group.flatMap((one) => published(conversion, service, one))];
}

function tellRenaming(conversion: Conversion, service: Service): void {
  const name = conversion.nameOf(service.name);
  if (name !== service.name)
    conversion.notes.lost(
      about(service),
      "name",
      `others find it as ${name}: addresses that say ${service.name} must be changed`,
    );
}

/** Its own name first, then each other name Docker answers to. */
function namesOf(conversion: Conversion, group: readonly Service[]): readonly string[] {
  const names = new Set(group.map((one) => conversion.nameOf(one.name)));
  const { project } = conversion;
  for (const one of group) {
    const aliases = Object.values(one.networks ?? {}).flatMap((network) => network?.aliases ?? []);
    const links = Object.values(project.services).flatMap(({ links: all = [] }) =>
      all.flatMap((text) => {
        const [target, alias] = text.split(":");
        return target === one.name && alias !== undefined ? alias : [];
      }),
    );
    const own = one.container_name === undefined ? [] : [one.container_name];
    for (const alias of [...aliases, ...links, ...own]) {
      if (alias === one.name) continue;
      if (serviceName(alias) === alias)
        names.add(Object.hasOwn(project.services, alias) ? conversion.nameOf(alias) : alias);
      else
        conversion.notes.lost(
          about(one),
          "networks.aliases",
          `${JSON.stringify(alias)} is no name of a Service`,
        );
    }
  }
  return [...names];
}

function clusterService(
  conversion: Conversion,
  service: Service,
  name: string,
  ports: readonly PodPort[],
  isHeadless: boolean,
): Manifest {
  const comments =
    ports.length === 0 ? ["It says no ports: the name leads to the Pods themselves, at any port."] : [];
  const unique = new Map(ports.map((port) => [`${port.port} ${port.protocol}`, port]));
  return {
    ...conversion.manifest(
      "v1",
      "Service",
      name,
      {
        spec: {
          clusterIP: isHeadless ? "None" : undefined,
          selector: conversion.selector(service),
          ports: unique.size > 0 ? [...unique.values()].map((port) => portPart(port)) : undefined,
        },
      },
      service,
    ),
    comments,
  };
}

function portPart({ name, port, protocol, appProtocol }: PodPort, from = port) {
  return {
    name: from === port ? name : `${protocol.toLowerCase()}-${from}`,
    port: from,
    targetPort: port,
    protocol: protocol === "TCP" ? undefined : protocol,
    appProtocol,
  };
}

function onePerTarget(ports: readonly ServicePort[]): readonly ServicePort[] {
  return [...new Map(ports.map((port) => [`${port.target} ${protocolOf(port.protocol)}`, port])).values()];
}

/** A load balancer has each port once, at all of its addresses. */
function onePerPort(
  conversion: Conversion,
  service: Service,
  ports: readonly ServicePort[],
): readonly ServicePort[] {
  const byPort = new Map<string, ServicePort>();
  for (const port of ports) {
    const from = publishedPort(port);
    if (from === undefined) continue;
    const lost = (text: string) => conversion.notes.lost(about(service), "ports.published", text);
    if (port.published?.includes("-")) lost(`of ${port.published} the first one is taken`);
    const key = `${from} ${protocolOf(port.protocol)}`;
    const there = byPort.get(key);
    if (!there) byPort.set(key, port);
    else if (there.target !== port.target)
      lost(`${from} leads to ${there.target} already, not to ${port.target}`);
  }
  return [...byPort.values()];
}

/** An Ingress for what speaks HTTP to people, a load balancer's address for other ports. */
function published(conversion: Conversion, owner: Service, service: Service): readonly Manifest[] {
  const ports = service.ports ?? [];
  for (const port of ports.filter(isLoopback)) {
    conversion.notes.lost(
      about(service),
      "ports.host_ip",
      `${port.host_ip}:${port.published ?? "*"} is for the host alone: kubectl port-forward reaches ${port.target}`,
    );
  }
  for (const { host_ip: ip, published: text } of ports) {
    if (ip && !/^(?:0\.0\.0\.0|::|127\..*|::1)$/.test(ip))
      conversion.notes.lost(about(service), "ports.host_ip", `${ip}:${text ?? "*"} is open at every address`);
  }
  const ingress = ingressOf(conversion, owner, service);
  const others = ports.filter(
    (port) => !isLoopback(port) && port.mode !== "host" && !isIngressPort(service, port),
  );
  const fixed = onePerPort(conversion, service, others);
  const free = onePerTarget(others.filter((port) => publishedPort(port) === undefined));
  const name = conversion.nameOf(service.name);
  const part = (port: (typeof ports)[number], from: number) => {
    const own = {
      name: "",
      port: port.target,
      protocol: protocolOf(port.protocol),
      ...(port.app_protocol && { appProtocol: port.app_protocol }),
    };
    return { ...portPart(own, from), name: `${own.protocol.toLowerCase()}-${from}` };
  };
  const outside = (kind: string, suffix: string, list: readonly ReturnType<typeof part>[]) =>
    list.length === 0
      ? []
      : [
          conversion.manifest(
            "v1",
            "Service",
            conversion.aliasName(`${name}-${suffix}`),
            { spec: { type: kind, selector: conversion.selector(owner), ports: list } },
            owner,
          ),
        ];
  return [
    ...outside(
      "LoadBalancer",
      "published",
      fixed.map((port) => part(port, publishedPort(port) ?? port.target)),
    ),
    ...outside(
      "NodePort",
      "any-port",
      free.map((port) => part(port, port.target)),
    ),
    ...ingress,
  ];
}
