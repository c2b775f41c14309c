/** What this registry allows and bounds; `docs/registry.md` explains each. */
export interface RegistryRules {
  readonly readOnly: boolean;
  /** Manifests, tags and blobs may be deleted by clients. */
  readonly deletes: boolean;
  /** Indexes may name manifests that are not there. */
  readonly sparseIndexes: boolean;
  readonly maxManifestBytes: number;
  /** Undefined: as large as the storage takes. */
  readonly maxBlobBytes: number | undefined;
}

export const defaultRules: RegistryRules = {
  readOnly: false,
  deletes: true,
  sparseIndexes: false,
  maxManifestBytes: 4 * 1024 * 1024,
  maxBlobBytes: undefined,
};
