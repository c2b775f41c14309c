import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { conflict, invalidArgument, messageOf, notFound } from "../errors/engine-error.ts";
import type { RegistryConfig } from "../registry/server/registry-config.ts";
import { openDirectoryStorage } from "../registry/server/storage/directory-storage.ts";
import type { RegistryStorage } from "../registry/server/storage/registry-storage.ts";
import { openS3Storage } from "../registry/server/storage/s3-storage.ts";
import { FileLockHeld, lockFile } from "../sys/file-lock.ts";

export const defaultRoot = "/var/lib/hull-registry";

/** The storage, where a person would look for it, and the end of our hold on it. */
export interface OpenedStorage {
  readonly storage: RegistryStorage;
  readonly place: string;
  release(): void;
}

/** As `openRegistryStorage`, but makes nothing: what is to be swept must be there. */
export async function openExistingStorage(config: RegistryConfig): Promise<OpenedStorage> {
  const root = config.root ?? defaultRoot;
  if (config.s3 || existsSync(join(root, "layout"))) return openRegistryStorage(config);
  throw notFound(
    `no registry has its data in ${JSON.stringify(root)}: name the place with --root or --config`,
  );
}

/** A directory has one master at a time; an object store may have several registries before it. */
export async function openRegistryStorage(config: RegistryConfig): Promise<OpenedStorage> {
  if (config.s3) {
    const { bucket, prefix } = config.s3;
    const place = `s3://${bucket}${prefix === undefined ? "" : `/${prefix}`}`;
    return { storage: openS3Storage(config.s3), place, release: () => {} };
  }
  const root = config.root ?? defaultRoot;
  try {
    mkdirSync(root, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw invalidArgument(`cannot keep data in ${JSON.stringify(root)}: ${messageOf(error)}`, error);
  }
  const lock = takeLock(root);
  try {
    return { storage: await openDirectoryStorage(root), place: root, release: () => lock.release() };
  } catch (error) {
    lock.release();
    throw error;
  }
}

function takeLock(root: string) {
  try {
    return lockFile(join(root, "lock"));
  } catch (error) {
    if (!(error instanceof FileLockHeld)) throw error;
    throw conflict(
      `a registry (process ${error.holder ?? "unknown"}) is working in ${JSON.stringify(root)}; ` +
        `to collect garbage beside it, start it with --gc-interval`,
      error,
    );
  }
}
