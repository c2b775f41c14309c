import { mkdir, rm } from "node:fs/promises";
import { invalidArgument, isKind } from "../../errors/engine-error.ts";
import { failpoint } from "../../lib/failpoint.ts";
import { now } from "../../lib/timestamp.ts";
import { span } from "../../lib/trace.ts";
import { formatPlatform, hostPlatform, type Platform } from "../../oci/platform.ts";
import type { ContainerConfig, EndpointRequest, HostConfig } from "../../records/container-config.ts";
import type { ContainerEndpoint, ContainerId, ContainerRecord } from "../../records/container-record.ts";
import type { EngineContext } from "../context.ts";
import { fillVolumes, needsFilling } from "../mounts/fill-volumes.ts";
import { withVolumeSources } from "../mounts/plan-mounts.ts";
import { checkEndpoint } from "../networks/endpoint-options.ts";
import { findNetwork } from "../networks/find.ts";
import { usesResolver } from "../networks/names.ts";
import type { CreateContainerRequest } from "../services/containers.ts";
import { ensureVolumes, planContainerMounts } from "./container-mounts.ts";
import { containerDirectory } from "./directories.ts";
import { publishContainerEvent } from "./events.ts";
import { resolveLinks } from "./linked-containers.ts";
import { mergeImageConfig } from "./merge-config.ts";
import { parseNetworkMode, parseUtsMode } from "./modes.ts";
import { volumeOf } from "./mount-volumes.ts";
import { randomName } from "./random-name.ts";
import { validateContainerName } from "./validate/container-name.ts";
import { validateCreate } from "./validate/validate-create.ts";

/**
 * Makes a container that is ready to start: everything a user could have got wrong is
 * refused here. Order for crash safety: the snapshot first, the record last; a snapshot
 * without a record is removed at the next engine start.
 */
// trail: run -p
// trail: run -v
export async function createContainer(
  context: EngineContext,
  request: CreateContainerRequest,
): Promise<{ id: string; warnings: readonly string[] }> {
  if (request.name !== undefined) validateContainerName(request.name);
  context.runtime.warmUp();
  const valid = validateCreate(
    request.config,
    withEngineDefaults(request.hostConfig, context),
    context.abilities,
  );
  const image = await span("create.image", () => context.images.find(request.config.Image, request.platform));
  const merged = mergeImageConfig(valid.config, image.config.config);
  const { hostConfig: checked, warnings } = valid;
  const name = request.name ?? randomName((taken) => context.containers.hasName(taken));

  const id = newContainerId();
  const config = withHostname(context, merged.config, checked, id);
  const links = resolveLinks(context, name, checked.Links ?? []);
  const hostConfig = { ...checked, Links: links.length > 0 ? links : null };
  const plan = notFoundIsInvalid(() => planContainerMounts(context, config, hostConfig));
  warnings.push(...plan.warnings, ...(request.platform ? [] : foreignPlatform(image.config)));

  await using undo = new AsyncDisposableStack();
  const chainId = await context.images.unpacked(image);
  await span("create.snapshot", () => context.snapshots.prepare(id, chainId));
  undo.defer(() => context.snapshots.remove(id));
  await failpoint("create.snapshot");
  const directory = containerDirectory(context, id);
  await mkdir(directory, { recursive: true, mode: 0o710 });
  undo.defer(() => rm(directory, { recursive: true, force: true }));
  const volumes = await ensureVolumes(context, plan.volumes, directory, undo);
  const mounts = withVolumeSources(plan.mounts, (volume) => volumes(volume));

  const record: ContainerRecord = {
    id,
    name,
    created: now(),
    image: image.id,
    platform: formatPlatform({ os: image.config.os, architecture: image.config.architecture }),
    config,
    hostConfig,
    state: { status: "created" },
    mounts,
    endpoints: endpointsOf(context, hostConfig, request.endpoints, request.macAddress),
    ports: [],
    restartCount: 0,
    manuallyStopped: false,
    path: merged.path,
    args: merged.args,
  };
  if (needsFilling(mounts)) {
    await context.roots.with(id, (root) =>
      fillVolumes(root, mounts, (volume) => volumeOf(context, volume), id),
    );
  }
  await failpoint("create.record");
  const container = await span("create.record", () => context.containers.add(record));
  undo.move();
  if (usesResolver(context, record.endpoints)) context.names.prepare();
  publishContainerEvent(context, container, "create");
  return { id, warnings };
}

/** It may run all the same, by an emulator; it is a surprise where nobody asked for it. */
function foreignPlatform(image: Platform): string[] {
  const host = hostPlatform();
  if (image.os === host.os && image.architecture === host.architecture) return [];
  return [
    `The requested image's platform (${formatPlatform(image)}) does not match the detected host platform (${formatPlatform(host)}) and no specific platform was requested`,
  ];
}

/** Clients take "not found" of a create for a missing image, and pull; anything else missing is a bad request. */
function notFoundIsInvalid<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw isKind(error, "not_found") ? invalidArgument(error.message, error) : error;
  }
}

function newContainerId(): ContainerId {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("hex") as ContainerId;
}

/** `--init` of the engine, for containers that do not say. */
function withEngineDefaults(hostConfig: HostConfig, context: EngineContext): HostConfig {
  return hostConfig.Init === undefined && context.settings.init ? { ...hostConfig, Init: true } : hostConfig;
}

/** A container that shares a UTS namespace has the name that is set there; otherwise its short id. */
function withHostname(
  context: EngineContext,
  config: ContainerConfig,
  hostConfig: HostConfig,
  id: ContainerId,
): ContainerConfig {
  const network = parseNetworkMode(hostConfig.NetworkMode);
  if (network.kind === "container") {
    // Whether it exists is looked at when this one starts, as in Docker.
    const other = context.containers.lookUp(network.id)?.record.config;
    return { ...config, Hostname: other?.Hostname ?? "", Domainname: other?.Domainname ?? "" };
  }
  if (config.Hostname !== "") return config;
  const shares = network.kind === "host" || parseUtsMode(hostConfig.UTSMode).kind === "host";
  return { ...config, Hostname: shares ? context.settings.hostname : id.slice(0, 12) };
}

function endpointsOf(
  context: EngineContext,
  hostConfig: HostConfig,
  asked: Readonly<Record<string, EndpointRequest>>,
  macAddress: string | undefined,
): Record<string, ContainerEndpoint> {
  const mode = parseNetworkMode(hostConfig.NetworkMode);
  if (mode.kind === "container") {
    if (Object.keys(asked).length > 0) {
      throw invalidArgument(
        "Container cannot be connected to network endpoints when sharing a network namespace",
      );
    }
    return {};
  }
  const main = mode.kind === "network" ? mode.name : mode.kind;
  const endpoints: Record<string, ContainerEndpoint> = {};
  for (const name of new Set([main, ...Object.keys(asked).map((key) => (key === "default" ? main : key))])) {
    // As in Docker a network that is missing shows at start: it may be made until then.
    const network = findNetwork(context, name) ?? { id: "", name };
    const request = asked[name] ?? (name === main ? asked.default : undefined) ?? {};
    const withMac =
      name === main && macAddress && !request.MacAddress ? { ...request, MacAddress: macAddress } : request;
    checkEndpoint(network.name, "ipam" in network ? network : undefined, withMac);
    if (network.name === "host" && mode.kind !== "host") {
      throw invalidArgument(
        "cannot connect container to host network - container must be created in host network mode",
      );
    }
    endpoints[network.name] = { request: withMac, networkId: network.id };
  }
  checkTogether(Object.keys(endpoints));
  return endpoints;
}

function checkTogether(networks: readonly string[]): void {
  if (networks.length < 2) return;
  if (networks.includes("host")) {
    throw invalidArgument(
      "container sharing network namespace with another container or host cannot be connected to any other network",
    );
  }
  if (networks.includes("none")) {
    throw invalidArgument(
      "container cannot be connected to multiple networks with one of the networks in private (none) mode",
    );
  }
}
