import { isKind, messageOf } from "../../errors/engine-error.ts";
import { log } from "../../lib/log.ts";
import type { NetworkRecord } from "../../records/network-record.ts";
import type { EngineContext } from "../context.ts";
import type { ContainerView } from "../services/containers.ts";
import { containerPaths } from "./directories.ts";
import type { LiveContainer } from "./live-container.ts";

export interface ViewOptions {
  readonly size: boolean;
  /** What only inspect shows. */
  readonly details: boolean;
}

/** A container as list and inspect show it. */
export async function viewContainer(
  context: EngineContext,
  container: LiveContainer,
  { size, details }: ViewOptions,
): Promise<ContainerView> {
  const { record } = container;
  const image = await context.images.get(record.image);
  return {
    record,
    imageName: await imageNameOf(context, container),
    imageManifest: image?.manifest,
    paths: containerPaths(context, record),
    networkNames: networksOf(context, container),
    sandboxPath: "pid" in record.state ? `/proc/${record.state.pid}/ns/net` : undefined,
    ...(details
      ? { details: { execIds: execsOf(context, container), graph: await graphPaths(context, container) } }
      : {}),
    ...(size ? { size: await sizeOf(context, container, image?.size ?? 0) } : {}),
  };
}

/** Several at once; one that is removed while it is looked at is left out. */
export async function viewContainers(
  context: EngineContext,
  containers: readonly LiveContainer[],
  options: ViewOptions,
): Promise<ContainerView[]> {
  const views = await Promise.all(
    containers.map((container) =>
      viewContainer(context, container, options).catch((error: unknown) => {
        const known = context.containers.get(container.id);
        if (known === undefined || known.record.state.status === "removing") return undefined;
        throw error;
      }),
    ),
  );
  return views.filter((view) => view !== undefined);
}

function execsOf(context: EngineContext, container: LiveContainer): string[] {
  return context.records.execs
    .list()
    .filter((exec) => exec.containerId === container.id && exec.state.status !== "exited")
    .map((exec) => exec.id);
}

/** The name it was made with while that still means the same image, else the image's id. */
async function imageNameOf(context: EngineContext, container: LiveContainer): Promise<string> {
  const { config, image } = container.record;
  try {
    const now = await context.images.find(config.Image);
    if (now.id === image) return config.Image;
  } catch (error) {
    if (!isKind(error, "not_found") && !isKind(error, "conflict")) throw error;
  }
  return image;
}

function networksOf(context: EngineContext, container: LiveContainer): Map<string, NetworkRecord> {
  const networks = new Map<string, NetworkRecord>();
  for (const [name, endpoint] of Object.entries(container.record.endpoints)) {
    const network = context.records.networks.get(endpoint.networkId);
    if (network) networks.set(name, network);
  }
  return networks;
}

async function graphPaths(context: EngineContext, container: LiveContainer): Promise<Record<string, string>> {
  try {
    const [mount] = await context.snapshots.mounts(container.id);
    const option = (name: string) =>
      mount?.options.find((text) => text.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
    return {
      LowerDir: option("lowerdir"),
      MergedDir: context.roots.pathOf(container.id),
      UpperDir: option("upperdir"),
      WorkDir: option("workdir"),
    };
  } catch (error) {
    log.debug(`no graph paths: ${messageOf(error)}`, { container: container.id });
    return {};
  }
}

async function sizeOf(context: EngineContext, container: LiveContainer, imageSize: number) {
  const { bytes } = await context.snapshots.usage(container.id);
  return { rw: bytes, rootFs: bytes + imageSize };
}
