import type { CacheUsage } from "../../build/solver/build-cache.ts";
import type { EngineEvent, EventQuery } from "../events/event.ts";
import type { ContainerView } from "./containers.ts";
import type { ImageView } from "./images.ts";
import type { VolumeView } from "./volumes.ts";

/** Facts about engine and host; `server/` turns them into /info and /version. */
export interface EngineInfo {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly gitCommit: string;
  readonly buildTime: string;
  readonly containers: { readonly running: number; readonly paused: number; readonly stopped: number };
  readonly images: number;
  readonly dataRoot: string;
  readonly kernelVersion: string;
  readonly operatingSystem: string;
  readonly osVersion: string;
  readonly architecture: string;
  readonly cpus: number;
  readonly memory: number;
  readonly cgroupDriver: "cgroupfs" | "none";
  readonly cgroupVersion: "1" | "2";
  readonly runtimes: Readonly<Record<string, { readonly path: string; readonly args: readonly string[] }>>;
  readonly defaultRuntime: string;
  readonly runtimeVersion: string;
  readonly initBinary: string;
  readonly logDriver: string;
  readonly labels: readonly string[];
  readonly debug: boolean;
  readonly fileDescriptors: number;
  readonly systemTime: string;
  readonly eventListeners: number;
  readonly ipv4Forwarding: boolean;
  readonly httpProxy: string;
  readonly httpsProxy: string;
  readonly noProxy: string;
  readonly registryMirrors: readonly string[];
  readonly insecureRegistries: readonly string[];
  readonly addressPools: readonly { readonly base: string; readonly size: number }[];
  readonly securityOptions: readonly string[];
  readonly storage: readonly (readonly [string, string])[];
  /** What the kernel can limit; `docker info` warns about what it cannot. */
  readonly capable: {
    readonly memoryLimit: boolean;
    readonly swapLimit: boolean;
    readonly cpuQuota: boolean;
    readonly cpuShares: boolean;
    readonly cpuSet: boolean;
    readonly pidsLimit: boolean;
    readonly oomKillDisable: boolean;
  };
  readonly warnings: readonly string[];
}

export interface DiskUsage {
  readonly layersSize: number;
  readonly images: readonly ImageView[];
  readonly containers: readonly ContainerView[];
  readonly volumes: readonly VolumeView[];
  readonly buildCache: readonly CacheUsage[];
}

export type DiskUsageType = "container" | "image" | "volume" | "build-cache";

export type DiskPartName =
  | "image-layers"
  | "image-blobs"
  | "container-layers"
  | "container-files"
  | "volumes"
  | "build"
  | "database"
  | "programs"
  | "other";

export interface DiskPart {
  readonly name: DiskPartName;
  readonly bytes: number;
}

/** Blocks on the disk, where `DiskUsage` has sizes of files. */
export interface DiskParts {
  readonly root: string;
  readonly parts: readonly DiskPart[];
  readonly total: number;
}

export interface SystemService {
  info(): Promise<EngineInfo>;
  diskUsage(types: ReadonlySet<DiskUsageType>): Promise<DiskUsage>;
  disk(): Promise<DiskParts>;
  /** Bytes that would go with all of these images; ids nobody knows count nothing. */
  reclaimable(images: readonly string[]): Promise<number>;
  /** Past events that match, then live ones until `until` or the signal. */
  events(query: EventQuery, signal: AbortSignal): AsyncIterable<EngineEvent>;
  /** Checks credentials with a registry. */
  authenticate(
    request: {
      username: string;
      password: string;
      serverAddress: string;
      identityToken: string;
    },
    signal: AbortSignal,
  ): Promise<{ status: string; identityToken: string }>;
}
