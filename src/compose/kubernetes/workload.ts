import type { UpdateConfig } from "../model/deploy.ts";
import type { Service } from "../model/service.ts";
import { autoscaler } from "./autoscaler.ts";
import { claimTemplates } from "./claims.ts";
import {
  about,
  type Conversion,
  filled,
  type Manifest,
  replicasOf,
  seconds,
  type YamlMap,
} from "./conversion.ts";
import { type Choice, ownClaims, workloadKind } from "./kind.ts";
import { splitLabels } from "./label-values.ts";
import { podOf } from "./pod.ts";
import { PodVolumes } from "./pod-volumes.ts";

/** The Pods of a service and what they are configured with. */
export function workloadOf(conversion: Conversion, service: Service): readonly Manifest[] {
  const choice = workloadKind(conversion.project, service);
  const volumes = new PodVolumes();
  const templates = choice.kind === "StatefulSet" ? claimTemplates(conversion, service, volumes) : [];
  const { template, manifests } = podOf(
    conversion,
    service,
    restartPolicy(conversion, service, choice),
    volumes,
  );
  const name = conversion.nameOf(service.name);
  const replicas = replicasOf(service);
  const selector = { matchLabels: conversion.selector(service) };
  const metadata = { labels: deployLabels(conversion, service) };
  const make = (api: string, spec: YamlMap): Manifest => ({
    ...conversion.manifest(api, choice.kind, name, { metadata, spec }, service),
    comments: [`A ${choice.kind}, because ${choice.why}.`],
  });
  switch (choice.kind) {
    case "Deployment": {
      const hint = autoscaler(conversion, service);
      const deployment = make("apps/v1", {
        replicas: hint.real ? undefined : replicas,
        selector,
        ...rollingUpdate(conversion, service),
        template,
      });
      return [
        ...manifests,
        { ...deployment, ...(hint.hint && { hint: hint.hint }) },
        ...(hint.real ? [hint.real] : []),
      ];
    }
    case "StatefulSet":
      if (replicas > 1)
        conversion.notes.changed(
          about(service),
          "volumes",
          `${ownClaims(conversion.project, service).join(", ")}: its ${replicas} replicas share it in Compose, and have one each here`,
        );
      return [
        ...manifests,
        make("apps/v1", {
          replicas,
          serviceName: name,
          selector,
          ...statefulUpdate(conversion, service),
          template,
          volumeClaimTemplates: templates.map(({ body }) => templateBody(body)),
        }),
      ];
    case "DaemonSet":
      if (replicas !== 1)
        conversion.notes.changed(about(service), "deploy.replicas", "there is one on every node");
      return [...manifests, make("apps/v1", { selector, ...statefulUpdate(conversion, service), template })];
    case "Job":
      tellUpdate(conversion, service, "a Job is not updated: it is made anew");
      return [...manifests, make("batch/v1", jobSpec(service, template))];
  }
  return choice.kind satisfies never;
}

/** A claim's template is in no namespace of its own. */
function templateBody(body: YamlMap): YamlMap {
  const { metadata, ...rest } = body;
  const { namespace: _, ...more } = metadata as YamlMap;
  return { ...rest, metadata: more };
}

function deployLabels(conversion: Conversion, service: Service): YamlMap {
  const given = Object.entries(service.deploy?.labels ?? {}).filter(
    ([key]) => !key.startsWith("hull.ingress"),
  );
  const { labels, annotations, refused } = splitLabels(Object.fromEntries(given));
  for (const key of [...Object.keys(annotations), ...refused])
    conversion.notes.lost(
      about(service),
      "deploy.labels",
      `${JSON.stringify(key)} is no label in Kubernetes`,
    );
  return labels;
}

/** What `on-failure:5` and its long form say. */
function attemptsOf({ restart, deploy }: Service): number | undefined {
  const short = /^on-failure:(\d+)$/.exec(restart ?? "")?.[1];
  return deploy?.restart_policy?.max_attempts ?? (short === undefined ? undefined : Number(short));
}

function conditionOf({ restart, deploy }: Service): "always" | "on-failure" | "never" | undefined {
  const given = deploy?.restart_policy?.condition ?? restart;
  if (given === undefined) return undefined;
  if (given === "no" || given === "none") return "never";
  return given.startsWith("on-failure") ? "on-failure" : "always";
}

function restartPolicy(
  conversion: Conversion,
  service: Service,
  { kind }: Choice,
): "Always" | "OnFailure" | "Never" {
  const condition = conditionOf(service);
  const policy = service.deploy?.restart_policy;
  const attribute = policy?.condition === undefined ? "restart" : "deploy.restart_policy.condition";
  const lost = (name: string, text: string) => conversion.notes.lost(about(service), name, text);
  if (policy?.delay !== undefined)
    lost("deploy.restart_policy.delay", "the kubelet chooses how long it waits");
  if (policy?.window !== undefined) lost("deploy.restart_policy.window", "the kubelet has none");
  if (kind === "Job") {
    if (condition === "always") lost(attribute, "a Job that has completed is not restarted");
    return condition === "on-failure" || condition === "always" ? "OnFailure" : "Never";
  }
  if (condition === "never" || condition === "on-failure") lost(attribute, `a ${kind} is always restarted`);
  if (attemptsOf(service) !== undefined) lost(attribute, `a ${kind} is restarted as often as it ends`);
  return "Always";
}

function jobSpec(service: Service, template: YamlMap): YamlMap {
  const replicas = replicasOf(service);
  return {
    completions: replicas === 1 ? undefined : replicas,
    parallelism: replicas === 1 ? undefined : replicas,
    backoffLimit:
      conditionOf(service) === "never" || conditionOf(service) === undefined ? 0 : attemptsOf(service),
    template,
  };
}

function rollingUpdate(conversion: Conversion, service: Service): YamlMap {
  const update = service.deploy?.update_config;
  tellRollback(conversion, service);
  if (!update) return {};
  tellFailure(conversion, service, update);
  const step = update.parallelism === 0 ? "100%" : (update.parallelism ?? 1);
  const isStartFirst = update.order === "start-first";
  return {
    minReadySeconds: seconds(Math.max(update.delay ?? 0, update.monitor ?? 0)),
    strategy: {
      type: "RollingUpdate",
      rollingUpdate: isStartFirst
        ? { maxSurge: step, maxUnavailable: 0 }
        : { maxSurge: 0, maxUnavailable: step },
    },
  };
}

function statefulUpdate(conversion: Conversion, service: Service): YamlMap {
  const update = service.deploy?.update_config;
  tellRollback(conversion, service);
  if (!update) return {};
  tellFailure(conversion, service, update);
  const lost = (name: string, text: string) =>
    conversion.notes.lost(about(service), `deploy.update_config.${name}`, text);
  if (update.order === "start-first")
    lost("order", "the old Pod ends before the new one starts: they share a name or a volume");
  if (update.parallelism !== undefined && update.parallelism !== 1)
    lost("parallelism", "one Pod after another");
  return filled({ minReadySeconds: seconds(Math.max(update.delay ?? 0, update.monitor ?? 0)) }) ?? {};
}

function tellFailure(conversion: Conversion, service: Service, update: UpdateConfig): void {
  const lost = (name: string, text: string) =>
    conversion.notes.lost(about(service), `deploy.update_config.${name}`, text);
  if (update.failure_action !== undefined && update.failure_action !== "pause")
    lost("failure_action", "an update that fails stops: kubectl rollout undo takes it back");
  if (update.max_failure_ratio !== undefined && update.max_failure_ratio > 0)
    lost("max_failure_ratio", "no Pod may fail");
}

function tellRollback(conversion: Conversion, service: Service): void {
  if (service.deploy?.rollback_config)
    conversion.notes.lost(about(service), "deploy.rollback_config", "going back is an update as any other");
}

function tellUpdate(conversion: Conversion, service: Service, text: string): void {
  tellRollback(conversion, service);
  if (service.deploy?.update_config) conversion.notes.lost(about(service), "deploy.update_config", text);
}
