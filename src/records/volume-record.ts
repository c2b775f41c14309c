export interface VolumeRecord {
  readonly name: string;
  readonly driver: string;
  readonly created: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `type`, `o`, `device` of the local driver. */
  readonly options: Readonly<Record<string, string>>;
  readonly anonymous: boolean;
}
