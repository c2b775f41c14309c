import type { LoadedImage, LoadProgress, RemovalStep, StoredImage } from "../images/image-store.ts";
import type { LogQuery } from "../logs/log-reader.ts";
import type { InterfaceCounters } from "../network/network.ts";
import type { Digest } from "../oci/digest.ts";
import type { Platform } from "../oci/platform.ts";
import type { ContainerConfig, EndpointRequest, HostConfig } from "../records/container-config.ts";
import type { ContainerRecord } from "../records/container-record.ts";
import type { ExecConfig, ExecRecord } from "../records/exec-record.ts";
import type { IpamPool, NetworkRecord } from "../records/network-record.ts";
import type { VolumeRecord } from "../records/volume-record.ts";
import type { TaskStats } from "../runtime/runtime.ts";
import type { EngineEvent, EventQuery } from "./events/event.ts";

/**
 * What the engine offers, noun by noun. `server/` needs nothing else, and may declare
 * narrower interfaces of its own. Names and ids are as a user typed them; every call
 * throws an EngineError with the sentence to show.
 */
export interface EngineServices {
  readonly containers: ContainerService;
  readonly execs: ExecService;
  readonly images: ImageService;
  readonly volumes: VolumeService;
  readonly networks: NetworkService;
  readonly system: SystemService;
}

/** `label=a`, `status=running`, … by filter name; `label!` for negated ones in prune. */
export type Filters = ReadonlyMap<string, readonly string[]>;

export interface CreateContainerRequest {
  /** Without a leading slash; undefined lets the engine invent one. */
  readonly name: string | undefined;
  readonly platform: Platform | undefined;
  readonly config: ContainerConfig;
  readonly hostConfig: HostConfig;
  readonly endpoints: Readonly<Record<string, EndpointRequest>>;
  /** Deprecated container-wide MAC address (API < 1.44, or with the default network). */
  readonly macAddress: string | undefined;
}

export interface ContainerListQuery {
  readonly all: boolean;
  /** 0 or negative for no limit; a limit implies `all`. */
  readonly limit: number;
  readonly size: boolean;
  readonly filters: Filters;
}

/** A container with what is only known while asking: for list and inspect. */
export interface ContainerView {
  readonly record: ContainerRecord;
  /** The familiar name of its image now, or its id when no name points there any more. */
  readonly imageName: string;
  readonly imageManifest: StoredImage["manifest"] | undefined;
  readonly execIds: readonly string[];
  readonly paths: {
    readonly log: string;
    readonly hosts: string;
    readonly hostname: string;
    readonly resolvConf: string;
    readonly graph: Readonly<Record<string, string>>;
  };
  readonly networkNames: ReadonlyMap<string, NetworkRecord>;
  readonly sandboxPath: string | undefined;
  /** Present when `size` was asked for. */
  readonly size?: { readonly rw: number; readonly rootFs: number };
}

export interface AttachRequest {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** Live output; false with `logs` gives what was logged so far and ends. */
  readonly stream: boolean;
  readonly logs: boolean;
  /** Docker's notation, for example `ctrl-p,ctrl-q`; empty for the default. */
  readonly detachKeys: string;
}

/** A client's end of a container or exec: output ready for the wire, input as typed. */
export interface AttachSession {
  /** True: raw bytes of a terminal. False: Docker's 8-byte framing. */
  readonly terminal: boolean;
  readonly output: ReadableStream<Uint8Array>;
  write(stdin: Uint8Array): Promise<void>;
  closeStdin(): void;
  /** The client went away. The container stays. */
  close(): void;
}

export type WaitCondition = "not-running" | "next-exit" | "removed";

export interface WaitResult {
  readonly exitCode: number;
  readonly error?: string;
}

export interface StatsSample {
  readonly container: ContainerRecord;
  /** Absent when the container is not running. */
  readonly stats?: TaskStats;
  readonly systemCpuNs: number;
  readonly onlineCpus: number;
  readonly networks: Readonly<Record<string, InterfaceCounters>>;
}

export interface PathStat {
  readonly name: string;
  readonly size: number;
  /** Go's os.FileMode bits, as the API wants them. */
  readonly mode: number;
  readonly mtime: string;
  readonly linkTarget: string;
}

export interface PruneReport {
  readonly deleted: readonly string[];
  readonly spaceReclaimed: number;
}

export interface CommitRequest {
  readonly container: string;
  /** `repo[:tag]`, or undefined for an image without a name. */
  readonly reference: string | undefined;
  readonly comment: string;
  readonly author: string;
  readonly pause: boolean;
  /** Dockerfile instructions (`CMD …`, `ENV …`) to apply. */
  readonly changes: readonly string[];
  readonly config: Partial<ContainerConfig> | undefined;
}

export interface ContainerService {
  create(request: CreateContainerRequest): Promise<{ id: string; warnings: readonly string[] }>;
  list(query: ContainerListQuery): Promise<ContainerView[]>;
  inspect(nameOrId: string, size: boolean): Promise<ContainerView>;
  /** Throws `not_modified` when it runs already. */
  start(nameOrId: string): Promise<void>;
  /** `timeout` in seconds, -1 waits for ever, undefined takes the container's own. Throws `not_modified` when not running. */
  stop(nameOrId: string, options: { signal?: string; timeout?: number }): Promise<void>;
  restart(nameOrId: string, options: { signal?: string; timeout?: number }): Promise<void>;
  kill(nameOrId: string, signal: string): Promise<void>;
  pause(nameOrId: string): Promise<void>;
  unpause(nameOrId: string): Promise<void>;
  rename(nameOrId: string, name: string): Promise<void>;
  remove(nameOrId: string, options: { force: boolean; volumes: boolean; link: boolean }): Promise<void>;
  /** Returns once the wait is registered; `result` settles when the condition holds. */
  wait(
    nameOrId: string,
    condition: WaitCondition,
    signal: AbortSignal,
  ): Promise<{ result: Promise<WaitResult> }>;
  attach(nameOrId: string, request: AttachRequest): Promise<AttachSession>;
  logs(
    nameOrId: string,
    query: LogQuery,
    options: { follow: boolean; signal: AbortSignal },
  ): Promise<{ terminal: boolean; output: ReadableStream<Uint8Array> }>;
  resize(nameOrId: string, height: number, width: number): Promise<void>;
  top(nameOrId: string, psArgs: string): Promise<{ titles: string[]; processes: string[][] }>;
  /** One sample now; the server pairs them up and repeats. */
  stats(nameOrId: string): Promise<StatsSample>;
  /** `labels` is ours: null removes a label. Only keys that are present change. */
  update(
    nameOrId: string,
    change: { hostConfig: Partial<HostConfig>; labels?: Readonly<Record<string, string | null>> },
  ): Promise<{ warnings: readonly string[] }>;
  changes(nameOrId: string): Promise<{ path: string; kind: 0 | 1 | 2 }[]>;
  export(nameOrId: string): Promise<ReadableStream<Uint8Array>>;
  statPath(nameOrId: string, path: string): Promise<PathStat>;
  getArchive(nameOrId: string, path: string): Promise<{ stat: PathStat; tar: ReadableStream<Uint8Array> }>;
  putArchive(
    nameOrId: string,
    path: string,
    tar: ReadableStream<Uint8Array>,
    options: { noOverwriteDirNonDir: boolean; copyUidGid: boolean },
  ): Promise<void>;
  commit(request: CommitRequest): Promise<{ id: Digest }>;
  prune(filters: Filters): Promise<PruneReport>;
}

export interface ExecView {
  readonly record: ExecRecord;
  readonly containerId: string;
}

export interface ExecService {
  create(container: string, config: ExecConfig): Promise<{ id: string }>;
  inspect(id: string): Promise<ExecView>;
  /** Starts it; with a session unless `detach`. */
  start(
    id: string,
    options: { detach: boolean; tty: boolean; consoleSize?: readonly [number, number] },
  ): Promise<AttachSession | undefined>;
  resize(id: string, height: number, width: number): Promise<void>;
}

export interface ImageListQuery {
  readonly all: boolean;
  readonly filters: Filters;
  readonly sharedSize: boolean;
}

export interface ImageView {
  readonly image: StoredImage;
  /** Containers that stand on it; -1 when not counted. */
  readonly containers: number;
  readonly sharedSize: number;
}

export interface ImportRequest {
  /** `-` for the request body, else a URL. */
  readonly source: string;
  readonly body: ReadableStream<Uint8Array> | undefined;
  readonly reference: string | undefined;
  readonly message: string;
  readonly changes: readonly string[];
  readonly platform: Platform | undefined;
  readonly signal: AbortSignal;
}

export interface ImageService {
  list(query: ImageListQuery): Promise<ImageView[]>;
  inspect(name: string, platform?: Platform): Promise<StoredImage>;
  /** Newest first. `id` is `<missing>` for steps that are no image of their own. */
  history(
    name: string,
    platform?: Platform,
  ): Promise<
    {
      id: string;
      created: number;
      createdBy: string;
      tags: readonly string[];
      size: number;
      comment: string;
    }[]
  >;
  tag(name: string, repository: string, tag: string): Promise<void>;
  remove(name: string, options: { force: boolean; prune: boolean }): Promise<RemovalStep[]>;
  load(
    archive: ReadableStream<Uint8Array>,
    options: { onProgress: (progress: LoadProgress) => void; platform?: Platform; signal: AbortSignal },
  ): Promise<LoadedImage[]>;
  save(names: readonly string[], platform?: Platform): Promise<ReadableStream<Uint8Array>>;
  import(request: ImportRequest): Promise<Digest>;
  prune(filters: Filters): Promise<{ deleted: RemovalStep[]; spaceReclaimed: number }>;
}

export interface VolumeView {
  readonly record: VolumeRecord;
  readonly mountpoint: string;
  /** Only for `system df`. */
  readonly usage?: { readonly size: number; readonly references: number };
}

export interface VolumeService {
  list(filters: Filters): Promise<VolumeView[]>;
  create(request: {
    name: string;
    driver: string;
    labels: Readonly<Record<string, string>>;
    options: Readonly<Record<string, string>>;
  }): Promise<VolumeView>;
  inspect(name: string): Promise<VolumeView>;
  remove(name: string, force: boolean): Promise<void>;
  prune(filters: Filters): Promise<PruneReport>;
}

export interface NetworkView {
  readonly record: NetworkRecord;
  /** Running containers on it, with their endpoint. */
  readonly containers: readonly ContainerRecord[];
}

export interface CreateNetworkRequest {
  readonly name: string;
  readonly driver: string;
  readonly scope: string;
  readonly internal: boolean;
  readonly attachable: boolean;
  readonly ingress: boolean;
  readonly configOnly: boolean;
  readonly enableIpv4: boolean | undefined;
  readonly enableIpv6: boolean | undefined;
  readonly ipam: { driver: string; options: Readonly<Record<string, string>>; pools: readonly IpamPool[] };
  readonly options: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

export interface NetworkService {
  list(filters: Filters): Promise<NetworkView[]>;
  inspect(nameOrId: string): Promise<NetworkView>;
  create(request: CreateNetworkRequest): Promise<{ id: string; warning: string }>;
  remove(nameOrId: string): Promise<void>;
  connect(nameOrId: string, container: string, endpoint: EndpointRequest): Promise<void>;
  disconnect(nameOrId: string, container: string, force: boolean): Promise<void>;
  prune(filters: Filters): Promise<PruneReport>;
}

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
}

export type DiskUsageType = "container" | "image" | "volume" | "build-cache";

export interface SystemService {
  info(): Promise<EngineInfo>;
  diskUsage(types: ReadonlySet<DiskUsageType>): Promise<DiskUsage>;
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
