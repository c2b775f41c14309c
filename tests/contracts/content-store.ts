import { describe, expect, test } from "bun:test";
import type { ContentStore } from "../../src/content/content-store.ts";
import { sha256 } from "../../src/oci/digest.ts";

export interface ContentSetting extends AsyncDisposable {
  readonly store: ContentStore;
}

const hello = Buffer.from("hello, blob");
const digest = sha256(hello);

async function text(stream: ReadableStream<Uint8Array>): Promise<string> {
  return Buffer.concat(await Array.fromAsync(stream)).toString();
}

/** What every content store has to keep. */
export function contentStoreContract(name: string, make: () => Promise<ContentSetting>): void {
  describe(`${name} keeps the contract of a content store`, () => {
    test("what is not committed cannot be seen", async () => {
      await using setting = await make();
      const { store } = setting;
      await using writer = await store.ingest("a");
      await writer.write(hello);
      expect(await store.stat(digest)).toBeUndefined();
      expect(() => store.open(digest)).toThrow("not found");
      expect(await Array.fromAsync(store.list())).toEqual([]);
      expect(await writer.commit({ digest, size: hello.length })).toEqual({ digest, size: hello.length });
      expect(await store.stat(digest)).toEqual({ digest, size: hello.length });
    });

    test("committed bytes are read whole and in ranges", async () => {
      await using setting = await make();
      const { store } = setting;
      await store.put(hello);
      expect(await text(store.open(digest))).toBe("hello, blob");
      expect(await text(store.open(digest, { offset: 7 }))).toBe("blob");
      expect(await text(store.open(digest, { offset: 2, length: 3 }))).toBe("llo");
      expect(Buffer.from(await store.read(digest)).toString()).toBe("hello, blob");
      expect((await Array.fromAsync(store.list())).map((blob) => blob.digest)).toEqual([digest]);
    });

    test("a wrong digest or size is refused and the bytes are dropped", async () => {
      await using setting = await make();
      const { store } = setting;
      for (const expected of [{ digest: sha256("other") }, { size: 3 }]) {
        await using writer = await store.ingest("a");
        await writer.write(hello);
        expect(writer.commit(expected)).rejects.toThrow("unexpected");
        await writer.abort();
        expect(await store.stat(digest)).toBeUndefined();
      }
      await using fresh = await store.ingest("a");
      expect(fresh.offset).toBe(0);
    });

    test("a disposed writer keeps its bytes for the next one of the same ref, an aborted one drops them", async () => {
      await using setting = await make();
      const { store } = setting;
      {
        await using first = await store.ingest("pull");
        await first.write(hello.subarray(0, 5));
      }
      const second = await store.ingest("pull");
      expect(second.offset).toBe(5);
      await second.write(hello.subarray(5));
      expect((await second.commit({ digest })).digest).toBe(digest);
      const third = await store.ingest("other");
      await third.write(hello);
      await third.abort();
      await using fourth = await store.ingest("other");
      expect(fourth.offset).toBe(0);
    });

    test("one ref has one writer at a time", async () => {
      await using setting = await make();
      await using first = await setting.store.ingest("a");
      expect(setting.store.ingest("a")).rejects.toThrow("being written");
      await first.abort();
      await using second = await setting.store.ingest("a");
      expect(second.offset).toBe(0);
    });

    test("a closed writer refuses to write and to commit", async () => {
      await using setting = await make();
      const writer = await setting.store.ingest("a");
      await writer.write(hello);
      await writer.commit();
      expect(writer.write(hello)).rejects.toThrow("closed");
      expect(writer.commit()).rejects.toThrow("closed");
    });

    test("the same blob from two writers at once is there once", async () => {
      await using setting = await make();
      const { store } = setting;
      await Promise.all(
        ["a", "b"].map(async (ref) => {
          const writer = await store.ingest(ref);
          await writer.write(hello);
          await writer.commit({ digest });
        }),
      );
      expect((await Array.fromAsync(store.list())).length).toBe(1);
    });

    test("delete() forgets, and twice is fine", async () => {
      await using setting = await make();
      const { store } = setting;
      await store.put(hello);
      await store.delete(digest);
      await store.delete(digest);
      expect(await store.stat(digest)).toBeUndefined();
      expect(store.read(digest)).rejects.toThrow("not found");
    });

    test("an empty blob is a blob", async () => {
      await using setting = await make();
      const { digest: empty } = await setting.store.put(new Uint8Array(0));
      expect(await text(setting.store.open(empty))).toBe("");
    });

    test("a blob larger than every buffer keeps its bytes", async () => {
      await using setting = await make();
      const { store } = setting;
      const big = Buffer.alloc(3 * 1024 * 1024 + 17, "0123456789abcdef!");
      await using writer = await store.ingest("big");
      for (let at = 0; at < big.length; at += 100_003) await writer.write(big.subarray(at, at + 100_003));
      const info = await writer.commit({ digest: sha256(big), size: big.length });
      expect(sha256(Buffer.concat(await Array.fromAsync(store.open(info.digest))))).toBe(info.digest);
    });

    test("a follower reads along from the first byte, also what an earlier attempt left", async () => {
      await using setting = await make();
      const { store } = setting;
      const big = Buffer.alloc(3 * 1024 * 1024 + 17, "0123456789abcdef!");
      {
        await using first = await store.ingest("a", { resumable: true });
        await first.write(big.subarray(0, 1_500_000));
      }
      await using writer = await store.ingest("a", { resumable: true });
      const followed = Array.fromAsync(writer.follow());
      await writer.write(big.subarray(1_500_000));
      expect(await writer.seal({ digest: sha256(big), size: big.length })).toEqual({
        digest: sha256(big),
        size: big.length,
      });
      expect(await store.stat(sha256(big))).toBeUndefined();
      expect(writer.write(hello)).rejects.toThrow("sealed");
      const late = writer.follow()[Symbol.asyncIterator]();
      const head = await late.next();
      await writer.commit();
      expect(sha256(Buffer.concat(await followed))).toBe(sha256(big));
      const rest = await Array.fromAsync({ [Symbol.asyncIterator]: () => late });
      expect(sha256(Buffer.concat([head.value ?? hello, ...rest]))).toBe(sha256(big));
      expect(await store.stat(sha256(big))).toBeDefined();
    });

    test("a follower of what is given up learns it", async () => {
      await using setting = await make();
      const writer = await setting.store.ingest("a");
      await writer.write(hello);
      const followed = Array.fromAsync(writer.follow());
      followed.catch(() => {});
      await Bun.sleep(1);
      await writer.abort();
      expect(followed).rejects.toThrow("given up");
    });

    test("dropPartial() leaves what can be gone on with", async () => {
      await using setting = await make();
      const { store } = setting;
      {
        await using left = await store.ingest("left", { resumable: true });
        await left.write(hello);
      }
      expect(await store.dropPartial()).toBe(0);
      await using again = await store.ingest("left", { resumable: true });
      expect(again.offset).toBe(hello.length);
    });

    test("dropPartial() drops what nobody writes and leaves what somebody does", async () => {
      await using setting = await make();
      const { store } = setting;
      {
        await using left = await store.ingest("left");
        await left.write(hello);
      }
      await using busy = await store.ingest("busy");
      await busy.write(hello);
      expect(await store.dropPartial()).toBe(1);
      await using again = await store.ingest("left");
      expect(again.offset).toBe(0);
      expect((await busy.commit()).digest).toBe(digest);
    });
  });
}
