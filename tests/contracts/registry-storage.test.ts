import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDirectoryStorage } from "../../src/registry/server/storage/directory-storage.ts";
import { MemoryRegistryStorage } from "../fakes/memory-registry-storage.ts";
import { registryStorageContract } from "./registry-storage.ts";

registryStorageContract("openDirectoryStorage()", async () => {
  const root = mkdtempSync(join(tmpdir(), "hull-registry-"));
  return {
    storage: await openDirectoryStorage(root),
    reopen: () => openDirectoryStorage(root),
    [Symbol.asyncDispose]: async () => rmSync(root, { recursive: true, force: true }),
  };
});

registryStorageContract("MemoryRegistryStorage", async () => {
  const storage = new MemoryRegistryStorage();
  return { storage, reopen: async () => storage, [Symbol.asyncDispose]: async () => {} };
});
