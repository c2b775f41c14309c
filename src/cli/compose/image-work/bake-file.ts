import type { BuildWish } from "../../../compose/compose-context.ts";
import type { Build } from "../../../compose/model/build.ts";
import type { Project } from "../../../compose/model/project.ts";
import type { Service } from "../../../compose/model/service.ts";
import { goJson } from "../../format/go-json.ts";
import { type ServiceBuild, serviceBuild } from "./service-build.ts";

/** `build --print`: what `buildx bake` would be told, key by key in Docker Compose's order. */
export function bakeFile(project: Project, names: readonly string[], wish: BuildWish): string {
  const built = Object.values(project.services).filter(({ build }) => build !== undefined);
  const targets = built
    .map((service) => [targetName(service.name), bakeTarget(project, service, wish)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return goJson(
    {
      group: { default: { targets: names.map(targetName) } },
      target: Object.fromEntries(targets),
    },
    "  ",
  );
}

/** Dots mean something else there. */
const targetName = (service: string) => service.replaceAll(".", "_");

function bakeTarget(project: Project, service: Service, wish: BuildWish): Record<string, unknown> {
  const asked = serviceBuild(project, service, wish);
  const { flags, place, inline } = asked;
  const build = service.build ?? {};
  return present({
    context: place,
    contexts: contextsOf(build),
    // With one in the Compose file there is no other; bake is told the usual name all the same.
    dockerfile: inline === undefined ? flags.file : (build.dockerfile ?? ""),
    "dockerfile-inline": escaped(inline ?? ""),
    args: argumentsOf(project, asked),
    labels: sorted(Object.fromEntries(flags.label.map(keyAndValue))),
    tags: [...flags.tag.slice(1), ...flags.tag.slice(0, 1)],
    "cache-from": flags["cache-from"],
    "cache-to": flags["cache-to"],
    target: flags.target,
    secret: secretsOf(project, build),
    ssh: flags.ssh.map((text) => (text.includes("=") ? text : `${text}=`)),
    platforms: flags.platform,
    pull: flags.pull,
    "no-cache": flags["no-cache"],
    network: build.network ?? "",
    "shm-size": build.shm_size === undefined ? "" : String(build.shm_size),
    ulimits: ulimitsOf(build),
    call: wish.check ? "lint" : "",
    entitlements: flags.allow,
    "extra-hosts": Object.fromEntries(
      Object.entries(build.extra_hosts ?? {}).map(([host, addresses]) => [host, addresses.join(",")]),
    ),
    output: outputsOf(service, asked, wish),
    attest: [...attest("provenance", build.provenance), ...attest("sbom", build.sbom)],
  });
}

/** Go leaves out what is empty. */
function present(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => {
      if (value === "" || value === false || value === undefined) return false;
      return typeof value !== "object" || value === null || Object.keys(value).length > 0;
    }),
  );
}

function keyAndValue(text: string): [string, string] {
  const at = text.indexOf("=");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

const sorted = <T>(values: Readonly<Record<string, T>>) =>
  Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));

/** Bake would expand it. */
const escaped = (text: string) => text.replaceAll("${", "$${");

function argumentsOf({ environment }: Project, { args }: ServiceBuild): Record<string, string> {
  const known = args.flatMap((word) => {
    if (word.includes("=")) return [keyAndValue(word)];
    const value = environment[word];
    return value === undefined ? [] : [[word, value] as [string, string]];
  });
  return sorted(Object.fromEntries(known.map(([name, value]) => [name, escaped(value)])));
}

function contextsOf({ additional_contexts: contexts = {} }: Build): Record<string, string> {
  const words = Object.entries(contexts).map(([name, place]) => [
    name,
    place.startsWith("service:") ? `target:${targetName(place.slice("service:".length))}` : place,
  ]);
  return sorted(Object.fromEntries(words));
}

function secretsOf(project: Project, { secrets = [] }: Build): string[] {
  return secrets.flatMap(({ source, target }) => {
    const { file, environment } = project.secrets[source] ?? {};
    const id = target || source;
    if (environment !== undefined) return [`id=${id},type=env,env=${environment}`];
    return file === undefined ? [] : [`id=${id},type=file,src=${file}`];
  });
}

function ulimitsOf({ ulimits = {} }: Build): string[] {
  return Object.entries(ulimits).map(([name, { single, soft = 0, hard = 0 }]) =>
    single ? `${name}=${single}` : `${name}=${soft}:${hard}`,
  );
}

function outputsOf({ image }: Service, { flags }: ServiceBuild, wish: BuildWish): string[] {
  if (wish.check) return [];
  const push = Boolean(wish.push && image);
  if (flags.platform.length > 1) return [`type=image,push=${push}`];
  return [push ? "type=registry" : "type=docker"];
}

function attest(kind: string, value: string | undefined): string[] {
  if (!value || value === "false") return [];
  return [value === "true" ? `type=${kind}` : `type=${kind},${value}`];
}
