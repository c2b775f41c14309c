import { afterAll, beforeAll, describe, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openS3Storage } from "../../src/registry/server/storage/s3-storage.ts";
import { ObjectStore, objectStoreProgram } from "../setup/object-store.ts";
import { registryStorageContract } from "./registry-storage.ts";

const directory = mkdtempSync(join(tmpdir(), "hull-s3-"));
let store: ObjectStore | undefined;

if (objectStoreProgram) {
  beforeAll(async () => {
    store = await ObjectStore.start(join(directory, "data"));
  });
  registryStorageContract(`openS3Storage() on ${objectStoreProgram}`, async () => {
    if (!store) throw new Error("the object store did not start");
    const config = await store.bucket();
    return {
      storage: openS3Storage(config),
      reopen: async () => openS3Storage(config),
      [Symbol.asyncDispose]: async () => {},
    };
  });
} else {
  describe("openS3Storage()", () => {
    test.skip("needs an object store: neither versitygw nor moto_server is installed", () => {});
  });
}

afterAll(async () => {
  await store?.[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});
