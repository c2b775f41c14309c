import type { VolumeRecord } from "../records/volume-record.ts";

/** A place for data that outlives containers. `mount` and `unmount` are counted by user. */
export interface VolumeDriver {
  readonly name: string;
  create(volume: VolumeRecord): Promise<void>;
  remove(volume: VolumeRecord): Promise<void>;
  /** The path of the data; stable, usable in `inspect` before anything is mounted. */
  mountpoint(volume: VolumeRecord): string;
  /** Makes the data available (mounts `type/o/device` volumes once) and returns the path. */
  mount(volume: VolumeRecord, user: string): Promise<string>;
  unmount(volume: VolumeRecord, user: string): Promise<void>;
  usage(volume: VolumeRecord): Promise<number>;
  /** After a restart: `users` still hold these volumes; unmount and delete the rest. Returns what went. */
  reconcile(
    volumes: readonly VolumeRecord[],
    users: ReadonlyMap<string, readonly string[]>,
  ): Promise<string[]>;
}
