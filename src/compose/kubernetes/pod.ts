import type { Service } from "../model/service.ts";
import { containerOf } from "./container.ts";
import { about, type Conversion, filled, type Manifest, seconds, type YamlMap } from "./conversion.ts";
import { environmentOf } from "./environment.ts";
import { companionsOf } from "./kind.ts";
import { splitLabels } from "./label-values.ts";
import { networkLabels } from "./network-policies.ts";
import { placementOf } from "./placement.ts";
import type { PodVolumes } from "./pod-volumes.ts";
import { podSecurity } from "./security.ts";
import { mountsOf } from "./storage.ts";
import { waiterName, waitsOf } from "./waits.ts";

export interface Pod {
  /** `template` of a workload. */
  readonly template: YamlMap;
  /** ConfigMaps and Secrets only it has. */
  readonly manifests: readonly Manifest[];
}

/** A service, and those that live in its network namespace, as one Pod. */
export function podOf(
  conversion: Conversion,
  service: Service,
  restartPolicy: "Always" | "OnFailure" | "Never",
  volumes: PodVolumes,
): Pod {
  const group = [service, ...companionsOf(conversion.project, service)];
  const environments = group.map((one) => environmentOf(conversion, one));
  const containers = group.map((one, at) =>
    containerOf(
      conversion,
      one,
      environments[at] ?? { manifests: [], envFrom: [] },
      mountsOf(conversion, one, volumes),
    ),
  );
  for (const companion of group.slice(1)) {
    conversion.notes.changed(
      about(companion),
      "network_mode",
      `it is a second container in the Pod of ${service.name}: what concerns the whole Pod is said there`,
    );
  }
  const waits = group.map((one) => waitsOf(conversion, one, group));
  const forJobs = waits.some((one) => one.forJobs);
  const manifests = [...environments.flatMap((one) => one.manifests), ...volumes.manifests];
  const spec = {
    serviceAccountName: forJobs ? waiterName(conversion) : undefined,
    // Compose hands out no tokens and no variables with the addresses of others.
    automountServiceAccountToken: forJobs || service.use_api_socket === true,
    enableServiceLinks: false,
    ...hostParts(conversion, service),
    ...placementOf(conversion, service),
    ...namesOf(conversion, service),
    terminationGracePeriodSeconds: seconds(service.stop_grace_period),
    restartPolicy: restartPolicy === "Always" ? undefined : restartPolicy,
    runtimeClassName: service.runtime,
    securityContext: podSecurity(conversion, service),
    initContainers: filled(waits.flatMap((one) => one.initContainers)),
    containers,
    volumes: filled(volumes.list),
  };
  return {
    template: {
      metadata: {
        labels: {
          ...podLabels(conversion, service),
          ...networkLabels(conversion, service),
          ...conversion.labels(service),
        },
        annotations: filled({ ...podAnnotations(service), ...fingerprint(manifests) }),
      },
      spec,
    },
    manifests,
  };
}

function podLabels(conversion: Conversion, service: Service): Readonly<Record<string, string>> {
  const { labels, refused } = splitLabels(ownLabels(service));
  for (const key of refused)
    conversion.notes.lost(
      about(service),
      "labels",
      `${JSON.stringify(key)} is no name of a label in Kubernetes`,
    );
  return labels;
}

/** Those that are read here are not handed on. */
function ownLabels({ labels = {} }: Service): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !key.startsWith("hull.ingress")));
}

function podAnnotations(service: Service): Readonly<Record<string, string>> {
  return { ...splitLabels(ownLabels(service)).annotations, ...service.annotations };
}

/** Pods are made anew when what they are configured with has changed. */
function fingerprint(manifests: readonly Manifest[]): Readonly<Record<string, string>> {
  if (manifests.length === 0) return {};
  const hash = new Bun.CryptoHasher("sha256");
  for (const { body } of manifests) hash.update(JSON.stringify(body));
  return { "hull/configuration": hash.digest("hex").slice(0, 16) };
}

function hostParts(conversion: Conversion, service: Service): YamlMap {
  const { network_mode: network, pid, ipc, init, userns_mode: users, uts } = service;
  const lost = (attribute: string, value: string) =>
    conversion.notes.lost(about(service), attribute, `${JSON.stringify(value)} has no counterpart`);
  if (network !== undefined && !/^(?:host|none|bridge|default|service:.*)$/.test(network))
    lost("network_mode", network);
  if (pid !== undefined && pid !== "host") lost("pid", pid);
  if (ipc !== undefined && !["host", "private", "shareable"].includes(ipc)) lost("ipc", ipc);
  if (ipc === "shareable" || ipc === "private")
    conversion.notes.changed(about(service), "ipc", "containers of one Pod share it, others never do");
  if (users !== undefined && users !== "host") lost("userns_mode", users);
  if (uts !== undefined && !(uts === "host" && network === "host")) lost("uts", uts);
  return {
    hostNetwork: network === "host" || undefined,
    // Names of the cluster are not known to a host.
    dnsPolicy: network === "host" && !service.dns ? "ClusterFirstWithHostNet" : undefined,
    hostPID: pid === "host" || undefined,
    hostIPC: ipc === "host" || undefined,
    hostUsers: users === "host" ? true : undefined,
    // The Pod's first process takes up children that nobody waits for, as `init` does.
    shareProcessNamespace: init || undefined,
  };
}

function namesOf(conversion: Conversion, service: Service): YamlMap {
  const { hostname, dns, dns_search: search, dns_opt: options, extra_hosts: hosts = {} } = service;
  const aliases = Object.entries(hosts).flatMap(([name, addresses]) =>
    addresses.flatMap((ip) => {
      if (/^[\d.]+$|:/.test(ip)) return [{ ip, hostnames: [name] }];
      conversion.notes.lost(about(service), "extra_hosts", `${name}: ${ip} is an address of Docker's`);
      return [];
    }),
  );
  const validHostname =
    hostname !== undefined && /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(hostname.toLowerCase());
  if (hostname !== undefined && !validHostname)
    conversion.notes.lost(about(service), "hostname", `${JSON.stringify(hostname)} is no hostname of a Pod`);
  const isAsked = dns !== undefined || search !== undefined || options !== undefined;
  return {
    hostname: validHostname ? hostname.toLowerCase() : undefined,
    hostAliases: filled(aliases),
    ...(dns && { dnsPolicy: "None" }),
    dnsConfig: isAsked ? { nameservers: dns, searches: search, options: options?.map(dnsOption) } : undefined,
  };
}

function dnsOption(text: string): { readonly name: string; readonly value?: string } {
  const [name = "", value] = text.split(":");
  return value === undefined ? { name } : { name, value };
}
