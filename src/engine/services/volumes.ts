import type { VolumeRecord } from "../../records/volume-record.ts";
import type { Filters } from "../filters.ts";
import type { PruneReport } from "./prune-report.ts";

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
