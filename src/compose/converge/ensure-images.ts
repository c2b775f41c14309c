import type { EngineClient } from "../../client/engine-client.ts";
import { invalidArgument, isKind } from "../../errors/engine-error.ts";
import { Limiter } from "../../lib/limiter.ts";
import { parsePlatformText } from "../../oci/platform.ts";
import type { ImageInspect } from "../../protocol/generated/types.ts";
import type { ComposeContext } from "../compose-context.ts";
import type { ServiceImage } from "../create/container-body.ts";
import { buildServices } from "../images/build-services.ts";
import type { Project } from "../model/project.ts";
import type { Service } from "../model/service.ts";
import { imageName } from "../names.ts";
import { pullPolicyOf } from "./pull-policy.ts";
import type { UpOptions } from "./up-options.ts";

/** What the engine has of the images of a project, by name; undefined: nothing. */
export type FoundImages = ReadonlyMap<string, ImageInspect | undefined>;

export interface ImageNeeds {
  /** What is pulled, by name; with the service that says how. */
  readonly pulls: ReadonlyMap<string, Service | undefined>;
  readonly builds: readonly string[];
}

export async function findImages(engine: EngineClient, project: Project): Promise<FoundImages> {
  const names = new Set(Object.values(project.services).flatMap((service) => imagesOf(project, service)));
  return await inspectAll(engine, [...names]);
}

/** Pure: what has to be pulled and built before containers can be made. */
export function imageNeeds(
  project: Project,
  found: FoundImages,
  { build }: Pick<UpOptions, "build">,
  now: number,
): ImageNeeds {
  const pulls = new Map<string, Service | undefined>();
  const builds: string[] = [];
  for (const service of Object.values(project.services)) {
    if (service.provider) continue;
    if (service.image === undefined && !service.build) {
      throw invalidArgument(
        `invalid service ${JSON.stringify(service.name)}. Must specify either image or build`,
      );
    }
    const name = imageName(project, service);
    const image = fitting(found.get(name), service);
    if (mustPull(service, image, now)) pulls.set(name, service);
    else if (service.build && build !== "never" && (!image || pullPolicyOf(service).kind === "build")) {
      builds.push(service.name);
    }
    for (const { type, source } of service.volumes ?? []) {
      if (type === "image" && source && !found.get(source) && !pulls.has(source))
        pulls.set(source, undefined);
    }
  }
  return { pulls, builds };
}

/** Brings what is missing; what cannot be pulled and can be built is built. Answers with what is there then. */
export async function bringImages(
  context: ComposeContext,
  project: Project,
  found: FoundImages,
  needs: ImageNeeds,
  options: Pick<UpOptions, "build" | "quietPull" | "quietBuild">,
): Promise<FoundImages> {
  const unpulled = await pullAll(context, project, needs, options.quietPull);
  const builds = options.build === "never" ? [] : [...needs.builds, ...unpulled];
  if (builds.length > 0) {
    await buildServices(context, project, builds, { quiet: options.quietBuild ?? false });
  }
  const changed = [...needs.pulls.keys(), ...builds.map((name) => builtName(project, name))];
  const again = await inspectAll(context.engine, changed);
  return new Map([...found, ...again]);
}

/** Answers with services whose image must be built, as nobody has it. */
async function pullAll(
  { images, parallel, signal }: ComposeContext,
  project: Project,
  { pulls }: ImageNeeds,
  quiet: boolean,
): Promise<string[]> {
  const turns = new Limiter(() => parallel);
  const failed: string[] = [];
  const pull = async (image: string, service: Service | undefined) => {
    const builder = Object.values(project.services).find(
      (each) => each.build && imageName(project, each) === image,
    );
    const wish = {
      quiet,
      ...(service && { task: service.name }),
      ...(service?.platform !== undefined && { platform: service.platform }),
      ...(builder && { canBuild: true }),
    };
    try {
      await turns.run(() => images.pull(image, wish), { signal });
    } catch (error) {
      if (!builder || signal.aborted) throw error;
      failed.push(builder.name);
    }
  };
  const ends = await Promise.allSettled([...pulls].map(([image, service]) => pull(image, service)));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  return failed;
}

/** By service; nothing for those whose image is not there. */
export function serviceImages(project: Project, found: FoundImages): Map<string, ServiceImage> {
  return new Map(
    Object.values(project.services).flatMap((service): [string, ServiceImage][] => {
      const image = fitting(found.get(imageName(project, service)), service);
      if (!image?.Id) return [];
      return [[service.name, { id: image.Id, volumes: Object.keys(image.Config?.Volumes ?? {}) }]];
    }),
  );
}

function imagesOf(project: Project, service: Service): string[] {
  if (service.provider) return [];
  const mounted = (service.volumes ?? []).flatMap(({ type, source }) =>
    type === "image" && source ? [source] : [],
  );
  return [imageName(project, service), ...mounted];
}

function builtName(project: Project, name: string): string {
  const service = project.services[name];
  return service ? imageName(project, service) : name;
}

function mustPull(service: Service, image: ImageInspect | undefined, now: number): boolean {
  if (service.image === undefined) return false;
  const policy = pullPolicyOf(service);
  switch (policy.kind) {
    case "always":
      return true;
    case "never":
    case "build":
      return false;
    case "missing":
      return !image;
    case "refresh": {
      const tagged = Date.parse(image?.Metadata?.LastTagTime ?? "");
      return !image || Number.isNaN(tagged) || now > tagged + policy.age / 1e6;
    }
    default:
      return policy satisfies never;
  }
}

/** One for another platform counts as none. */
function fitting(image: ImageInspect | undefined, { platform }: Service): ImageInspect | undefined {
  if (!image || platform === undefined) return image;
  const wanted = parsePlatformText(platform);
  const fits =
    image.Os === wanted.os &&
    image.Architecture === wanted.architecture &&
    (wanted.variant === undefined || !image.Variant || image.Variant === wanted.variant);
  return fits ? image : undefined;
}

async function inspectAll(engine: EngineClient, names: readonly string[]): Promise<FoundImages> {
  const entries = await Promise.all(
    names.map(async (name) => [name, await inspectImage(engine, name)] as const),
  );
  return new Map(entries);
}

async function inspectImage(engine: EngineClient, name: string): Promise<ImageInspect | undefined> {
  try {
    return await engine.call("ImageInspect", { params: { name } });
  } catch (error) {
    if (isKind(error, "not_found")) return undefined;
    throw error;
  }
}
