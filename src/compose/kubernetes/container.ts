import type { Yaml } from "../../lib/yaml-text.ts";
import type { Service } from "../model/service.ts";
import type { Hook } from "../model/service-parts.ts";
import { imageName } from "../names.ts";
import { about, type Conversion, filled, type YamlMap } from "./conversion.ts";
import type { Environment } from "./environment.ts";
import { portsOf } from "./ports.ts";
import { probeAction, probeTimes } from "./probe.ts";
import { resourcesOf } from "./resources.ts";
import { containerSecurity } from "./security.ts";
import { literal, shellWord } from "./words.ts";

export function containerOf(
  conversion: Conversion,
  service: Service,
  environment: Environment,
  mounts: readonly Yaml[],
): Yaml {
  const { entrypoint, command, working_dir: workingDir, tty, stdin_open: stdin } = service;
  const words = (list: readonly string[] | undefined) =>
    list && list.length > 0 ? list.map(literal) : undefined;
  // Kubernetes cannot empty an entrypoint: what is run instead takes its place.
  const isCleared = entrypoint?.length === 0;
  if (isCleared && !words(command))
    conversion.notes.lost(
      about(service),
      "entrypoint",
      "an image's entrypoint cannot be emptied without a command",
    );
  if (command?.length === 0)
    conversion.notes.lost(about(service), "command", "an image's command cannot be emptied");
  return {
    name: conversion.nameOf(service.name),
    image: image(conversion, service),
    imagePullPolicy: pullPolicy(conversion, service),
    command: isCleared ? words(command) : words(entrypoint),
    args: isCleared ? undefined : words(command),
    workingDir,
    envFrom: filled(environment.envFrom),
    ports: containerPorts(conversion, service),
    resources: resourcesOf(conversion, service),
    readinessProbe: readiness(conversion, service),
    lifecycle: filled({
      postStart: hooks(conversion, service, "post_start", service.post_start),
      preStop: hooks(conversion, service, "pre_stop", service.pre_stop),
    }),
    stdin: stdin || undefined,
    tty: tty || undefined,
    volumeMounts: filled(mounts),
    securityContext: containerSecurity(conversion, service),
  };
}

function image(conversion: Conversion, service: Service): string {
  const name = imageName(conversion.project, service);
  if (service.build)
    conversion.notes.changed(
      about(service),
      "build",
      `${name} must be built and pushed to where the cluster can pull it`,
    );
  return name;
}

function pullPolicy(conversion: Conversion, service: Service): string | undefined {
  const policy = service.pull_policy;
  switch (policy) {
    case undefined:
      return undefined;
    case "always":
      return "Always";
    case "never":
      return "Never";
    case "missing":
    case "if_not_present":
      return "IfNotPresent";
    case "build":
      conversion.notes.lost(about(service), "pull_policy", "a cluster builds nothing");
      return undefined;
    default:
      conversion.notes.lost(about(service), "pull_policy", `${policy} is always in a cluster`);
      return "Always";
  }
}

function containerPorts(conversion: Conversion, service: Service): Yaml | undefined {
  const onHost = new Map(
    (service.ports ?? [])
      .filter(({ mode, published }) => mode === "host" && published)
      .map(({ target, published }) => [target, Number.parseInt(published ?? "", 10)]),
  );
  if (onHost.size > 0)
    conversion.notes.changed(about(service), "ports.mode", "the port is taken on every node that runs it");
  return filled(
    portsOf(service).map(({ port, protocol, name }) => ({
      name,
      containerPort: port,
      hostPort: onHost.get(port),
      protocol: protocol === "TCP" ? undefined : protocol,
    })),
  );
}

/** Docker does not restart what is not healthy, and Compose waits for it: that is readiness, not liveness. */
function readiness(conversion: Conversion, service: Service): Yaml | undefined {
  const check = service.healthcheck;
  if (!check) return undefined;
  const subject = about(service);
  if (check.disable || check.test?.[0] === "NONE") {
    conversion.notes.changed(
      subject,
      "healthcheck.disable",
      "Kubernetes does not read an image's health check",
    );
    return undefined;
  }
  const action = probeAction(check.test ?? []);
  if (!action) {
    conversion.notes.lost(
      subject,
      "healthcheck",
      "the test is the image's own, which Kubernetes does not read",
    );
    return undefined;
  }
  if (check.start_period !== undefined)
    conversion.notes.changed(
      subject,
      "healthcheck.start_period",
      "a Pod is not ready before its first success anyway",
    );
  if (check.start_interval !== undefined)
    conversion.notes.lost(subject, "healthcheck.start_interval", "a probe has one interval");
  return {
    ...action,
    ...probeTimes({
      ...(check.interval !== undefined && { Interval: check.interval }),
      ...(check.timeout !== undefined && { Timeout: check.timeout }),
      ...(check.retries !== undefined && { Retries: check.retries }),
    }),
  };
}

/** One command as it is; several behind one another in a shell. */
function hooks(
  conversion: Conversion,
  service: Service,
  attribute: "post_start" | "pre_stop",
  list: readonly Hook[] | undefined,
): YamlMap | undefined {
  if (!list || list.length === 0) return undefined;
  const lost = (name: string, text: string) =>
    conversion.notes.lost(about(service), `${attribute}.${name}`, text);
  for (const hook of list) {
    if (hook.user !== undefined) lost("user", "a hook runs as the container does");
    if (hook.privileged) lost("privileged", "a hook has the rights of the container");
  }
  const commands = list.map(hookWords);
  const [only] = commands;
  if (only && commands.length === 1) return { exec: { command: only.map(literal) } };
  const line = commands.map((words) => words.map(shellWord).join(" ")).join(" && ");
  return { exec: { command: ["/bin/sh", "-c", literal(line)] } };
}

/** With its own directory and variables, where it has some. */
function hookWords({ command = [], working_dir: directory, environment = {} }: Hook): readonly string[] {
  const variables = Object.entries(environment).flatMap(([name, value]) =>
    value === null ? [] : `${name}=${value}`,
  );
  const words = variables.length > 0 ? ["env", ...variables, ...command] : command;
  if (directory === undefined) return words;
  return ["/bin/sh", "-c", `cd ${shellWord(directory)} && exec ${words.map(shellWord).join(" ")}`];
}
