import type { Digest } from "../oci/digest.ts";
import type { BuildCacheTable } from "./build-cache.ts";
import type { ContainerId, ContainerRecord } from "./container-record.ts";
import type { ExecRecord } from "./exec-record.ts";
import type { ImageRecord, ReferenceRecord } from "./image-record.ts";
import type { AddressRecord, NetworkRecord } from "./network-record.ts";
import type { VolumeRecord } from "./volume-record.ts";

/**
 * The engine's memory. Every call is one durable commit (SQLite WAL, synchronous=FULL,
 * about a quarter of a millisecond), so calls are synchronous and a record that was
 * written is there after any crash. `transaction` makes several calls one commit.
 */
export interface Records {
  readonly containers: ContainerTable;
  readonly execs: ExecTable;
  readonly images: ImageTable;
  readonly volumes: VolumeTable;
  readonly networks: NetworkTable;
  readonly buildCache: BuildCacheTable;
  readonly settings: SettingsTable;
  transaction<T>(work: () => T): T;
  close(): void;
}

export interface ContainerTable {
  list(): ContainerRecord[];
  get(id: ContainerId): ContainerRecord | undefined;
  /** Throws `conflict` when the name is taken; the message names the holder. */
  insert(record: ContainerRecord): void;
  update(record: ContainerRecord): void;
  remove(id: ContainerId): void;
}

export interface ExecTable {
  list(): ExecRecord[];
  get(id: string): ExecRecord | undefined;
  put(record: ExecRecord): void;
  remove(id: string): void;
  removeOfContainer(id: ContainerId): void;
}

export interface ImageTable {
  list(): ImageRecord[];
  get(id: Digest): ImageRecord | undefined;
  put(record: ImageRecord): void;
  remove(id: Digest): void;
  references(): ReferenceRecord[];
  reference(name: string): ReferenceRecord | undefined;
  setReference(record: ReferenceRecord): void;
  removeReference(name: string): void;
  /** Repositories (`docker.io/library/busybox`) a blob was pulled from or pushed to: it can be mounted from there. */
  sources(blob: Digest): string[];
  addSources(repository: string, blobs: readonly Digest[]): void;
  forgetSources(blob: Digest): void;
}

export interface VolumeTable {
  list(): VolumeRecord[];
  get(name: string): VolumeRecord | undefined;
  insert(record: VolumeRecord): void;
  remove(name: string): void;
}

export interface NetworkTable {
  list(): NetworkRecord[];
  get(id: string): NetworkRecord | undefined;
  insert(record: NetworkRecord): void;
  remove(id: string): void;
  addresses(networkId: string): AddressRecord[];
  /** Throws `conflict` when the address is taken. */
  takeAddress(record: AddressRecord): void;
  releaseAddresses(networkId: string, containerId: string): void;
}

/** Small facts about the engine itself: its id, schema version. */
export interface SettingsTable {
  get(key: string): string | undefined;
  set(key: string, value: string): void;
}
