import { nearest } from "../../../lib/nearest.ts";
import type { Project } from "../../model/project.ts";
import type { Service } from "../../model/service.ts";
import type { YamlPath } from "../../yaml/yaml-value.ts";
import { ownEntry } from "../own-entry.ts";
import { invalid, type Note } from "./note.ts";

/** Whether there is what a service speaks of. */
export function checkReferences(service: Service, project: Project, note: Note): void {
  const name = JSON.stringify(service.name);
  const wants = (known: Readonly<Record<string, unknown>>, what: string, source: string, path: YamlPath) => {
    if (Object.hasOwn(known, source)) return;
    const message = `service ${name} refers to undefined ${what} ${source}: ${invalid}`;
    note(path, message, near(source, Object.keys(known)));
  };

  const networks = Object.keys(service.networks ?? {});
  if (service.network_mode && networks.length > 0) {
    note(
      ["network_mode"],
      `service ${service.name} declares mutually exclusive \`network_mode\` and \`networks\`: ${invalid}`,
    );
  }
  for (const network of networks) wants(project.networks, "network", network, ["networks", network]);
  for (const [index, { type, source }] of (service.volumes ?? []).entries()) {
    if (type === "volume" && source) wants(project.volumes, "volume", source, ["volumes", index]);
  }
  for (const [index, { source }] of (service.build?.secrets ?? []).entries()) {
    wants(project.secrets, "build secret", source, ["build", "secrets", index]);
  }
  for (const [index, { source }] of (service.configs ?? []).entries()) {
    wants(project.configs, "config", source, ["configs", index]);
  }
  for (const model of Object.keys(service.models ?? {})) {
    wants(project.models, "model", model, ["models", model]);
  }
  for (const [index, { source }] of (service.secrets ?? []).entries()) {
    wants(project.secrets, "secret", source, ["secrets", index]);
  }
  checkContexts(service, project, note);
  checkServices(service, project, note);
}

function checkContexts(service: Service, project: Project, note: Note): void {
  const name = JSON.stringify(service.name);
  for (const [context, source] of Object.entries(service.build?.additional_contexts ?? {})) {
    if (!source.startsWith("service:")) continue;
    const wanted = source.slice("service:".length);
    const path = ["build", "additional_contexts", context];
    const target = ownEntry(project.services, wanted);
    const as = `service ${JSON.stringify(wanted)} as additional contexts ${context}`;
    if (!target) note(path, `service ${name} declares unknown ${as}`, nearService(wanted, service, project));
    else if (!target.build) note(path, `service ${name} declares non-buildable ${as}`);
  }
}

function checkServices(service: Service, project: Project, note: Note): void {
  for (const [wanted, { required }] of Object.entries(service.depends_on ?? {})) {
    if (Object.hasOwn(project.services, wanted)) continue;
    const disabled = ownEntry(project.disabledServices, wanted);
    if (disabled && !required) continue;
    const profiles = disabled?.profiles ?? [];
    const hint = disabled ? ` (it is disabled; profiles that enable it: ${profiles.join(", ")})` : "";
    note(
      ["depends_on", wanted],
      `service ${JSON.stringify(service.name)} depends on undefined service ${JSON.stringify(wanted)}: ${invalid}${hint}`,
      disabled ? undefined : nearService(wanted, service, project),
    );
  }
  const shared = /^service:(.*)$/s.exec(service.network_mode ?? "")?.[1];
  // Where it is known that it depends on the other one, that has been said already.
  const isSaid = shared !== undefined && service.depends_on?.[shared] !== undefined;
  if (shared !== undefined && !isSaid && !Object.hasOwn(project.services, shared)) {
    const message = `service ${JSON.stringify(shared)} not found for network_mode 'service:${shared}'`;
    note(["network_mode"], message, nearService(shared, service, project));
  }
}

function nearService(name: string, { name: own }: Service, project: Project): string | undefined {
  return near(
    name,
    Object.keys(project.services).filter((other) => other !== own),
  );
}

/** Of one or two letters every name is near to. */
function near(name: string, known: readonly string[]): string | undefined {
  return name.length > 2 ? nearest(name, known) : undefined;
}
