import { mkdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { openContentStore } from "../content/disk-content-store.ts";
import { ContainerRegistry } from "../engine/containers/container-registry.ts";
import { RootMounts } from "../engine/containers/root-mounts.ts";
import type { EngineContext, EngineSettings } from "../engine/context.ts";
import { EventBus } from "../engine/events/event-bus.ts";
import { invalidArgument, messageOf } from "../errors/engine-error.ts";
import { openImageStore } from "../images/disk-image-store.ts";
import { Background } from "../lib/background.ts";
import { KeyedLock } from "../lib/keyed-lock.ts";
import { logReaderFor } from "../logs/file-log-reader.ts";
import { ResolverProcess } from "../network/dns/name-service.ts";
import { createNetworking } from "../network/networking.ts";
import { openRecords } from "../records/sqlite-records.ts";
import type { Credentials } from "../registry/auth/credentials.ts";
import { login } from "../registry/auth/login.ts";
import { keepLoopbackOffProxies } from "../registry/auth/loopback-proxy.ts";
import { openRepository, repositoriesForPull } from "../registry/client/open-repository.ts";
import type { RegistryAccess } from "../registry/client/registry-session.ts";
import { createRuntime } from "../runtime/oci-runtime.ts";
import { openOverlaySnapshotter } from "../snapshots/overlay-snapshotter.ts";
import { mountAll, unmount } from "../sys/mounts.ts";
import { nativePortProxies } from "../sys/port-proxy.ts";
import { LocalVolumeDriver } from "../volumes/local-volume-driver.ts";
import { connectInside } from "./connect-inside.ts";
import { extractShim } from "./embedded.ts";
import { engineBuilder } from "./engine-builder.ts";
import type { EngineOptions } from "./engine-options.ts";
import { hostAbilities } from "./host-abilities.ts";
import { linuxHost } from "./linux-host.ts";
import { ownProgram } from "./own-program.ts";

/** Picks an implementation for every room and puts them together. */
export async function engineContext(options: EngineOptions): Promise<EngineContext> {
  const { dataRoot, execRoot } = options;
  for (const directory of [dataRoot, execRoot]) mkdirSync(directory, { recursive: true, mode: 0o711 });
  keepLoopbackOffProxies();
  const records = openRecords(join(dataRoot, "hull.db"));
  const content = await openContentStore(join(dataRoot, "content"));
  const snapshots = await openOverlaySnapshotter(join(dataRoot, "snapshots"));
  const runtime = createRuntime({
    execRoot,
    shimPath: extractShim(dataRoot),
    runtimes: options.runtimes,
    ...(options.defaultRuntime ? { defaultRuntime: options.defaultRuntime } : {}),
  });
  const context: EngineContext = {
    records,
    snapshots,
    images: openImageStore({ content, snapshots, table: records.images }),
    get builder() {
      return builder;
    },
    lentSandboxes: () => networks.lent(),
    runtime,
    abilities: hostAbilities(options, runtime),
    connectInside,
    logIn: (serverAddress, credentials, insecureRegistries, signal) =>
      login(serverAddress, credentials, { insecureRegistries }, signal),
    networking: createNetworking({
      execRoot,
      networks: records.networks,
      bridgeName: options.bridge,
      ...(options.bip ? { bip: options.bip } : {}),
      ...(options.addressPools.length > 0 ? { pools: options.addressPools } : {}),
      ...(options.mtu > 0 ? { mtu: options.mtu } : {}),
      defaultPublishAddress: options.publishIp,
      proxies: nativePortProxies(extractShim(dataRoot), execRoot),
      userlandProxy: options.userlandProxy,
    }),
    names: new ResolverProcess({ execRoot, program: ownProgram }),
    volumes: new LocalVolumeDriver(join(dataRoot, "volumes")),
    logs: logReaderFor,
    roots: new RootMounts(execRoot, snapshots, {
      mountAll,
      unmount: (target) => unmount(target, { lazy: true }),
    }),
    containers: new ContainerRegistry(records),
    events: new EventBus(),
    host: linuxHost(dataRoot),
    locks: new KeyedLock(),
    background: new Background(),
    openRepository: (name, credentials, purpose) => openRepository(name, purpose, access(credentials)),
    pullSources: (name, credentials) =>
      repositoriesForPull(name, access(credentials), context.settings.registryMirrors),
    settings: engineSettings(options),
  };
  const { builder, networks } = engineBuilder(context);
  // Read at each use: a reload replaces the settings.
  const access = (credentials: Credentials | undefined): RegistryAccess => ({
    credentials,
    get insecureRegistries() {
      return context.settings.insecureRegistries;
    },
  });
  return context;
}

/** The text of a profile file; the words `unconfined` and "" stand for themselves. */
function seccompText(profile: string): string {
  if (profile === "" || profile === "unconfined") return profile;
  try {
    return readFileSync(profile, "utf8");
  } catch (error) {
    throw invalidArgument(`opening seccomp profile (${profile}) failed: ${messageOf(error)}`, error);
  }
}

export function engineSettings(options: EngineOptions): EngineSettings {
  return {
    dataRoot: options.dataRoot,
    execRoot: options.execRoot,
    logConfig: { Type: options.logDriver, Config: options.logOptions },
    defaultUlimits: options.ulimits,
    init: options.init,
    labels: options.labels,
    dns: options.dns,
    dnsOptions: options.dnsOptions,
    dnsSearch: options.dnsSearch,
    cgroupParent: options.cgroupParent,
    noNewPrivileges: options.noNewPrivileges,
    seccompProfile: seccompText(options.seccompProfile),
    hostGatewayAddresses: options.hostGatewayIp ? [options.hostGatewayIp] : [],
    shutdownTimeout: options.shutdownTimeout,
    hostname: hostname(),
    debug: options.logLevel === "debug",
    registryMirrors: options.registryMirrors,
    insecureRegistries: options.insecureRegistries,
    maxConcurrentDownloads: options.maxConcurrentDownloads,
    maxDownloadAttempts: options.maxDownloadAttempts,
    maxConcurrentUploads: options.maxConcurrentUploads,
    uploadChunkSize: options.uploadChunkSize,
    addressPools: options.addressPools,
  };
}
