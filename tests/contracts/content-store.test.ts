import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openContentStore } from "../../src/content/disk-content-store.ts";
import { MemoryContentStore } from "../fakes/memory-content-store.ts";
import { contentStoreContract } from "./content-store.ts";

contentStoreContract("DiskContentStore", async () => {
  const directory = mkdtempSync(join(tmpdir(), "hull-content-"));
  return {
    store: openContentStore(directory),
    [Symbol.asyncDispose]: async () => rmSync(directory, { recursive: true, force: true }),
  };
});

contentStoreContract("MemoryContentStore", async () => ({
  store: new MemoryContentStore(),
  [Symbol.asyncDispose]: async () => {},
}));
