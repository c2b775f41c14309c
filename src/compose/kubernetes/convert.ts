import type { Project } from "../model/project.ts";
import { ownClaimsOfAll, sharedClaims } from "./claims.ts";
import { servicesOf } from "./cluster-services.ts";
import { about, Conversion, type Manifest, type Sources } from "./conversion.ts";
import { tellWhatIsLeft } from "./coverage.ts";
import { fileObjects } from "./file-data.ts";
import { podOwner, workloadKind } from "./kind.ts";
import { kubernetesName } from "./name.ts";
import { networkPolicies } from "./network-policies.ts";
import type { Note } from "./notes.ts";
import { waiterManifests } from "./waits.ts";
import { workloadOf } from "./workload.ts";

export interface Converted {
  readonly namespace: string;
  readonly manifests: readonly Manifest[];
  readonly notes: readonly Note[];
}

/** The objects of Kubernetes that do what a project does, in an order in which they can be made. */
export function toKubernetes(project: Project, sources: Sources, namespace?: string): Converted {
  const conversion = new Conversion(project, namespace ?? kubernetesName(project.name), sources);
  tellWhatIsLeft(conversion);
  const services = Object.values(project.services).filter(({ provider }) => provider === undefined);
  const pods = services.filter((service) => podOwner(project, service) === service);
  const manifests: Manifest[] = [];
  if (namespace === undefined) {
    manifests.push(conversion.manifest("v1", "Namespace", conversion.namespace, {}));
  }
  manifests.push(...waiterManifests(conversion), ...fileObjects(conversion));
  const statefulSets = pods.filter((service) => workloadKind(project, service).kind === "StatefulSet");
  manifests.push(...sharedClaims(conversion, ownClaimsOfAll(project, statefulSets)));
  for (const service of pods) {
    const { kind } = workloadKind(project, service);
    if (service.image === undefined && service.build === undefined)
      conversion.notes.lost(about(service), "image", "it names none: the Pod cannot start");
    manifests.push(...workloadOf(conversion, service), ...servicesOf(conversion, service, kind));
  }
  manifests.push(...networkPolicies(conversion, pods));
  return { namespace: conversion.namespace, manifests, notes: conversion.notes.all };
}
