import type { StoredImage } from "../../images/stored-image.ts";
import type { LogQuery } from "../../logs/log-reader.ts";
import type { InterfaceCounters } from "../../network/network.ts";
import type { Digest } from "../../oci/digest.ts";
import type { Platform } from "../../oci/platform.ts";
import type { ContainerConfig, EndpointRequest, HostConfig } from "../../records/container-config.ts";
import type { ContainerRecord } from "../../records/container-record.ts";
import type { NetworkRecord } from "../../records/network-record.ts";
import type { TaskStats } from "../../runtime/runtime.ts";
import type { Filters } from "../filters.ts";
import type { InsideConnection } from "../inside-connection.ts";
import type { AttachRequest, AttachSession } from "./attach.ts";
import type { PruneReport } from "./prune-report.ts";

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

export interface ForwardRequest {
  readonly port: number;
  readonly protocol: "tcp" | "udp";
}

export interface ForwardedConnection extends InsideConnection {
  /** The container has ended: whoever holds the connection any longer holds its network namespace. */
  readonly ended: Promise<unknown>;
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
  readonly paths: {
    readonly log: string;
    readonly hosts: string;
    readonly hostname: string;
    readonly resolvConf: string;
  };
  readonly networkNames: ReadonlyMap<string, NetworkRecord>;
  readonly sandboxPath: string | undefined;
  /** Present for inspect: it costs more than a list of hundreds should pay. */
  readonly details?: {
    readonly execIds: readonly string[];
    readonly graph: Readonly<Record<string, string>>;
  };
  /** Present when `size` was asked for. */
  readonly size?: { readonly rw: number; readonly rootFs: number };
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
  stop(nameOrId: string, options: { signal?: string; timeout?: number; drain?: number }): Promise<void>;
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
  /** Connects to a port from inside the container's network; the signal cuts the connection. */
  forward(nameOrId: string, request: ForwardRequest, signal: AbortSignal): Promise<ForwardedConnection>;
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
