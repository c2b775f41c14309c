import { isAbsolute, join } from "node:path";
import type { BuildWish } from "../../../compose/compose-context.ts";
import { buildPlatforms } from "../../../compose/images/build-platforms.ts";
import { composeVersion, labels } from "../../../compose/labels.ts";
import type { Build } from "../../../compose/model/build.ts";
import type { Project } from "../../../compose/model/project.ts";
import type { Service } from "../../../compose/model/service.ts";
import { imageName } from "../../../compose/names.ts";
import { invalidArgument } from "../../../errors/engine-error.ts";
import { type BuildFlags, buildFlags } from "../../build/build-flags.ts";
import { isRemote } from "../../build/context-source.ts";
import { parseFlags } from "../../flags/parse.ts";

/** The `build` of a service in the words of `hull build`: what that can do, this can. */
export interface ServiceBuild {
  readonly flags: BuildFlags;
  /** A directory or an address. */
  readonly place: string;
  /** Stands in the Compose file instead of a Dockerfile. */
  readonly inline: string | undefined;
  /** `NAME=value`, or a name alone: the project's variable. */
  readonly args: readonly string[];
  /** Only the builder has the images of all platforms: it pushes them itself. */
  readonly pushesIndex: boolean;
  /** Attributes that are written down and not done, with the reason. */
  readonly warnings: readonly string[];
}

export function serviceBuild(project: Project, service: Service, wish: BuildWish): ServiceBuild {
  const { build, name } = service;
  if (!build) throw invalidArgument(`service ${JSON.stringify(name)} has no build`);
  const place = build.context ?? project.workingDir;
  const plain = parseFlags(buildFlags, []).values;
  const { ssh = [], memory = 0 } = wish;
  const isInsecure = build.privileged && !build.entitlements?.includes("security.insecure");
  const platform = buildPlatforms(project, service, wish.allPlatforms ?? false);
  return {
    place,
    pushesIndex: Boolean(wish.push && service.image && platform.length > 1),
    inline: build.dockerfile_inline,
    args: argumentWords({ ...build.args, ...wish.args }),
    warnings: attestationWarnings(build),
    flags: {
      ...plain,
      "add-host": Object.entries(build.extra_hosts ?? {}).flatMap(([host, addresses]) =>
        addresses.map((address) => `${host}:${address}`),
      ),
      allow: [...(build.entitlements ?? []), ...(isInsecure ? ["security.insecure"] : [])],
      "cache-from": build.cache_from ?? [],
      "cache-to": build.cache_to ?? [],
      check: wish.check ?? false,
      file: dockerfileOf(build, place),
      isolation: build.isolation ?? "",
      label: Object.entries(imageLabels(project, service)).map(([key, value]) => `${key}=${value}`),
      memory,
      network: build.network ?? plain.network,
      "no-cache": wish.noCache || build.no_cache || false,
      platform,
      pull: wish.pull || build.pull || false,
      "shm-size": build.shm_size ?? 0,
      ssh: [...(build.ssh ?? []).map(({ id, path }) => (path ? `${id}=${path}` : id)), ...ssh],
      tag: [imageName(project, service), ...(build.tags ?? [])],
      target: build.target ?? "",
      ulimit: ulimitsOf(build),
    },
  };
}

/** Relative to the context, except in one that is fetched: there it is a path inside. */
function dockerfileOf({ dockerfile = "", dockerfile_inline: inline }: Build, place: string): string {
  if (inline !== undefined) return "-";
  if (dockerfile === "" || isRemote(place) || isAbsolute(dockerfile)) return dockerfile;
  return join(place, dockerfile);
}

function argumentWords(args: Readonly<Record<string, string | null>>): string[] {
  return Object.entries(args).map(([name, value]) => (value === null ? name : `${name}=${value}`));
}

/** Of the file, and those by which Compose knows its images. */
function imageLabels(project: Project, service: Service): Readonly<Record<string, string>> {
  return {
    ...service.build?.labels,
    [labels.version]: composeVersion,
    [labels.project]: project.name,
    [labels.service]: service.name,
  };
}

function ulimitsOf({ ulimits = {} }: Build): BuildFlags["ulimit"] {
  return new Map(
    Object.entries(ulimits).map(([name, { single, soft, hard }]) => [
      name,
      { Name: name, Soft: single || (soft ?? 0), Hard: single || (hard ?? 0) },
    ]),
  );
}

function attestationWarnings({ provenance, sbom, secrets = [] }: Build): string[] {
  const asked = (value: string | undefined) => value !== undefined && value !== "" && value !== "false";
  return [
    ...(asked(provenance) ? ["build.provenance: no attestation is made of how the image was built"] : []),
    ...(asked(sbom) ? ["build.sbom: no list of what is in the image is made"] : []),
    ...(secrets.some(({ uid, gid, mode }) => uid || gid || mode !== undefined)
      ? ["secrets `uid`, `gid` and `mode` have no meaning in a build: RUN --mount=type=secret says them"]
      : []),
  ];
}
