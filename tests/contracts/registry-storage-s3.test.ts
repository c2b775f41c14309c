import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256 } from "../../src/oci/digest.ts";
import { newUploadId, parseRepositoryName } from "../../src/registry/server/names.ts";
import { S3Objects } from "../../src/registry/server/storage/s3-objects.ts";
import { openS3Storage } from "../../src/registry/server/storage/s3-storage.ts";
import { uploadKey } from "../../src/registry/server/storage/upload-key.ts";
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

  describe("what a crash leaves in an object store", () => {
    const repository = parseRepositoryName("a");
    const setting = async () => {
      if (!store) throw new Error("the object store did not start");
      const config = { ...(await store.bucket()), prefix: "below/this" };
      const { blobs } = openS3Storage(config);
      const key = uploadKey(repository, newUploadId());
      await blobs.createUpload(key, "sha256");
      await using writer = await blobs.openUpload(key);
      await writer.write(Buffer.from("x"));
      return { blobs, key, objects: new S3Objects(config) };
    };
    const soon = () => new Date(Date.now() + 60_000);

    test("an upload whose bytes became a blob's goes without them", async () => {
      const { blobs, key, objects } = await setting();
      await using writer = await blobs.openUpload(key);
      await writer.commit(sha256("x"));
      await objects.put(`uploads/${key}`, Buffer.from("{}"));
      expect(await blobs.uploadOffset(key)).toBeUndefined();
      expect(blobs.openUpload(key)).rejects.toThrow("upload unknown");
      expect(await blobs.deleteUpload(key)).toBe(true);
      expect(await blobs.removeLeftovers(soon(), false)).toBe(0);
      expect(Buffer.concat(await Array.fromAsync(blobs.read(sha256("x"), 0, 1))).toString()).toBe("x");
    });

    test("pieces that belong to nothing are found, those of blobs and uploads stay", async () => {
      const { blobs, key, objects } = await setting();
      const lost = uploadKey(repository, newUploadId());
      await objects.put(`data/${lost}/0000000000000000`, Buffer.from("lost"));
      expect(await blobs.removeLeftovers(new Date(Date.now() - 60_000), false)).toBe(0);
      expect(await blobs.removeLeftovers(soon(), true)).toBe(1);
      expect(await blobs.removeLeftovers(soon(), false)).toBe(1);
      expect(await blobs.removeLeftovers(soon(), false)).toBe(0);
      expect(await blobs.uploadOffset(key)).toBe(1);
    });

    test("a piece behind a gap does not count", async () => {
      const { blobs, key, objects } = await setting();
      await objects.put(`data/${key}/0000000000000007`, Buffer.from("later"));
      expect(await blobs.uploadOffset(key)).toBe(1);
      await using writer = await blobs.openUpload(key);
      expect(writer.offset).toBe(1);
    });
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
