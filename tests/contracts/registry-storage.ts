import { describe, expect, test } from "bun:test";
import { sha256 } from "../../src/oci/digest.ts";
import { newUploadId, parseRepositoryName, parseTag } from "../../src/registry/server/names.ts";
import { Repositories } from "../../src/registry/server/repositories.ts";
import type {
  BlobStorage,
  Pieces,
  RegistryStorage,
  UploadKey,
} from "../../src/registry/server/storage/registry-storage.ts";
import { uploadKey } from "../../src/registry/server/storage/upload-key.ts";

export interface StorageSetting extends AsyncDisposable {
  readonly storage: RegistryStorage;
  /** The storage again, as another process would open it: nothing in memory is known to it. */
  reopen(): Promise<RegistryStorage>;
}

const repository = parseRepositoryName("library/box");
const hello = Buffer.from("hello, blob");
const digest = sha256(hello);
const newKey = () => uploadKey(repository, newUploadId());

async function text(pieces: Pieces): Promise<string> {
  let result = "";
  for await (const piece of pieces) result += Buffer.from(piece).toString();
  return result;
}

async function upload(blobs: BlobStorage, bytes: Uint8Array): Promise<UploadKey> {
  const key = newKey();
  await blobs.createUpload(key, "sha256");
  await using writer = await blobs.openUpload(key);
  await writer.write(bytes);
  return key;
}

async function commit(blobs: BlobStorage, bytes: Uint8Array): Promise<void> {
  const key = await upload(blobs, bytes);
  await using writer = await blobs.openUpload(key);
  await writer.commit(sha256(bytes));
}

/** What every storage of a registry has to keep. */
export function registryStorageContract(name: string, make: () => Promise<StorageSetting>): void {
  describe(`${name} keeps the contract of a registry's storage`, () => {
    test("an upload becomes a blob by its digest, and is an upload no more", async () => {
      await using setting = await make();
      const { blobs } = setting.storage;
      const key = await upload(blobs, hello);
      expect(await blobs.size(digest)).toBeUndefined();
      expect(await blobs.uploadOffset(key)).toBe(hello.length);
      await using writer = await blobs.openUpload(key);
      expect(await writer.commit(digest)).toBe(hello.length);
      expect(await blobs.size(digest)).toBe(hello.length);
      expect(await blobs.uploadOffset(key)).toBeUndefined();
      expect(blobs.openUpload(key)).rejects.toThrow("upload unknown");
      expect(await text(blobs.read(digest, 0, hello.length))).toBe("hello, blob");
      expect(await text(blobs.read(digest, 7, hello.length))).toBe("blob");
      expect(await text(blobs.read(digest, 2, 5))).toBe("llo");
      expect((await Array.fromAsync(blobs.list())).map((blob) => blob.digest)).toEqual([digest]);
    });

    test("a wrong digest is refused, and upload and bytes are gone", async () => {
      await using setting = await make();
      const { blobs } = setting.storage;
      const key = await upload(blobs, hello);
      const wrong = sha256("other");
      await using writer = await blobs.openUpload(key);
      expect(writer.commit(wrong)).rejects.toThrow("did not match");
      await writer.commit(wrong).catch(() => {});
      expect(await blobs.uploadOffset(key)).toBeUndefined();
      expect(await blobs.size(wrong)).toBeUndefined();
      expect(await blobs.size(digest)).toBeUndefined();
    });

    test("an upload goes on in further requests", async () => {
      await using setting = await make();
      const { blobs } = setting.storage;
      const key = await upload(blobs, hello.subarray(0, 3));
      for (const [from, to] of [
        [3, 4],
        [4, 9],
        [9, 11],
      ] as const) {
        await using writer = await blobs.openUpload(key);
        expect(writer.offset).toBe(from);
        await writer.write(hello.subarray(from, to));
      }
      await using writer = await blobs.openUpload(key);
      await writer.commit(digest);
      expect(await text(blobs.read(digest, 0, 11))).toBe("hello, blob");
    });

    test("another process goes on with an upload where this one stopped", async () => {
      await using setting = await make();
      const key = await upload(setting.storage.blobs, hello.subarray(0, 5));
      const { blobs } = await setting.reopen();
      expect(await blobs.uploadOffset(key)).toBe(5);
      expect(await text(blobs.readUpload(key, 1, 5))).toBe("ello");
      await using writer = await blobs.openUpload(key);
      expect(writer.offset).toBe(5);
      await writer.write(hello.subarray(5));
      await writer.commit(digest);
      expect(await text(blobs.read(digest, 0, 11))).toBe("hello, blob");
    });

    test("sha512 names blobs too, announced or not", async () => {
      await using setting = await make();
      const { blobs } = setting.storage;
      const wanted = `sha512:${new Bun.CryptoHasher("sha512").update(hello).digest("hex")}` as typeof digest;
      for (const algorithm of ["sha256", "sha512"] as const) {
        const key = newKey();
        await blobs.createUpload(key, algorithm);
        await using writer = await blobs.openUpload(key);
        await writer.write(hello);
        await writer.commit(wanted);
        expect(await text(blobs.read(wanted, 0, 11))).toBe("hello, blob");
        await blobs.delete(wanted);
        expect(await blobs.size(wanted)).toBeUndefined();
      }
    });

    test("a blob larger than every buffer keeps its bytes", async () => {
      await using setting = await make();
      const { blobs } = setting.storage;
      const big = Buffer.alloc(19 * 1024 * 1024 + 17, "0123456789abcdef!");
      const key = newKey();
      await blobs.createUpload(key, "sha256");
      await using writer = await blobs.openUpload(key);
      for (let at = 0; at < big.length; at += 1_000_003) {
        await writer.write(Buffer.from(big.subarray(at, at + 1_000_003)));
      }
      expect(writer.readable).toBeGreaterThan(0);
      expect(writer.readable).toBeLessThanOrEqual(writer.offset);
      await writer.commit(sha256(big));
      const hasher = new Bun.CryptoHasher("sha256");
      for await (const piece of blobs.read(sha256(big), 0, big.length)) hasher.update(piece);
      expect(`sha256:${hasher.digest("hex")}`).toBe(sha256(big));
      const middle = 8 * 1024 * 1024;
      expect(await text(blobs.read(sha256(big), middle - 3, middle + 4))).toBe(
        big.subarray(middle - 3, middle + 4).toString(),
      );
    });

    test("the empty blob is a blob", async () => {
      await using setting = await make();
      const { blobs } = setting.storage;
      await commit(blobs, Buffer.alloc(0));
      expect(await blobs.size(sha256(""))).toBe(0);
      expect(await text(blobs.read(sha256(""), 0, 0))).toBe("");
    });

    test("the same blob twice is there once, and once deleted gone", async () => {
      await using setting = await make();
      const { blobs } = setting.storage;
      await commit(blobs, hello);
      await commit(blobs, hello);
      expect(await text(blobs.read(digest, 0, 11))).toBe("hello, blob");
      expect((await Array.fromAsync(blobs.list())).length).toBe(1);
      await blobs.delete(digest);
      await blobs.delete(digest);
      expect(await blobs.size(digest)).toBeUndefined();
      expect(await Array.fromAsync(blobs.list())).toEqual([]);
      await commit(blobs, hello);
      expect(await text(blobs.read(digest, 0, 11))).toBe("hello, blob");
      expect(await Array.fromAsync(blobs.uploads())).toEqual([]);
    });

    test("a dropped upload leaves nothing", async () => {
      await using setting = await make();
      const { blobs } = setting.storage;
      const key = await upload(blobs, hello);
      expect((await Array.fromAsync(blobs.uploads())).map((entry) => entry.key)).toEqual([key]);
      expect(await blobs.deleteUpload(key)).toBe(true);
      expect(await blobs.deleteUpload(key)).toBe(false);
      expect(await blobs.uploadOffset(key)).toBeUndefined();
      expect(await blobs.removeLeftovers(new Date(Date.now() + 60_000), true)).toBe(0);
    });

    test("what one repository began, another cannot reach", async () => {
      await using setting = await make();
      const { blobs } = setting.storage;
      const id = newUploadId();
      await blobs.createUpload(uploadKey(repository, id), "sha256");
      expect(await blobs.uploadOffset(uploadKey(parseRepositoryName("other"), id))).toBeUndefined();
    });

    test("records are put, listed in order behind a name, and deleted", async () => {
      await using setting = await make();
      const { records } = setting.storage;
      expect(await records.get("a/x")).toBeUndefined();
      expect(await records.modified("a/x")).toBeUndefined();
      for (const name of ["b", "a", "c.1", "B", "c-1"]) await records.put(`a/${name}`, Buffer.from(name));
      await records.put("a/folder/below", new Uint8Array());
      await records.put("ab", new Uint8Array());
      await records.put("a/b", Buffer.from("again"));
      expect(Buffer.from((await records.get("a/b")) ?? []).toString()).toBe("again");
      expect(await records.get("a/folder/below")).toHaveLength(0);
      expect(Math.abs(((await records.modified("a/b"))?.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
      expect(await Array.fromAsync(records.list("a"))).toEqual(["B", "a", "b", "c-1", "c.1"]);
      expect(await Array.fromAsync(records.list("a", "b"))).toEqual(["c-1", "c.1"]);
      expect(await Array.fromAsync(records.list("a", "bb"))).toEqual(["c-1", "c.1"]);
      expect(await Array.fromAsync(records.list("nothing"))).toEqual([]);
      expect(await records.delete("a/b")).toBe(true);
      expect(await records.delete("a/b")).toBe(false);
      expect(await records.get("a/b")).toBeUndefined();
      await setting.storage.check();
    });

    test("repositories keep links, manifests, tags and referrers apart from each other", async () => {
      await using setting = await make();
      const all = new Repositories(setting.storage);
      await commit(setting.storage.blobs, hello);
      const [one, two] = [all.open(repository), all.open(parseRepositoryName("library/box/inner"))] as const;
      expect(await one.blobSize(digest)).toBeUndefined();
      expect(await one.link(digest)).toBe(true);
      expect(await one.link(sha256("not there"))).toBe(false);
      expect(await one.blobSize(digest)).toBe(11);
      expect(await two.blobSize(digest)).toBeUndefined();
      const manifest = { digest: sha256("m"), mediaType: "application/x", bytes: Buffer.from("m\n\n{}") };
      await two.putManifest(manifest);
      expect(await two.manifest(manifest.digest)).toMatchObject({ mediaType: "application/x" });
      expect(Buffer.from((await two.manifest(manifest.digest))?.bytes ?? []).toString()).toBe("m\n\n{}");
      expect(await one.manifest(manifest.digest)).toBeUndefined();
      await two.setTag(parseTag("v1"), manifest.digest);
      await two.addReferrer(digest, { mediaType: "t", digest: manifest.digest, size: 5 });
      const again = new Repositories(await setting.reopen());
      expect(await again.names()).toEqual([repository, parseRepositoryName("library/box/inner")]);
      const reopened = again.open(parseRepositoryName("library/box/inner"));
      expect(await Array.fromAsync(reopened.tags())).toEqual([parseTag("v1")]);
      expect(await reopened.tag(parseTag("v1"))).toBe(manifest.digest);
      expect(await Array.fromAsync(reopened.referrers(digest))).toEqual([
        { mediaType: "t", digest: manifest.digest, size: 5 },
      ]);
      expect(await Array.fromAsync(again.open(repository).links())).toEqual([digest]);
    });
  });
}
