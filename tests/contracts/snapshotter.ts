import { describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../src/oci/digest.ts";
import type { Snapshotter } from "../../src/snapshots/snapshotter.ts";
import { mountAll, unmount } from "../../src/sys/mounts.ts";

export interface SnapshotSetting extends AsyncDisposable {
  readonly snapshots: Snapshotter;
  /** A second snapshotter on the same data, as a restarted engine has one. */
  again(): Snapshotter;
  /** A directory to mount on. */
  readonly mountpoint: string;
}

async function layer(snapshots: Snapshotter, name: string, parent: string | undefined, file: string) {
  await snapshots.prepare(`key-${name}`, parent);
  writeFileSync(join(await snapshots.upper(`key-${name}`), file), name);
  await snapshots.commit(`key-${name}`, name);
}

/** What every snapshotter has to keep. Needs root: it mounts. */
export function snapshotterContract(name: string, make: () => Promise<SnapshotSetting>): void {
  describe(`${name} keeps the contract of a snapshotter`, () => {
    const mounted = async <T>(
      setting: SnapshotSetting,
      key: string,
      look: (root: string) => T,
    ): Promise<T> => {
      mountAll(await setting.snapshots.mounts(key), setting.mountpoint);
      try {
        return look(setting.mountpoint);
      } finally {
        unmount(setting.mountpoint);
      }
    };

    test("a container's snapshot shows all layers and takes writes of its own", async () => {
      await using setting = await make();
      const { snapshots } = setting;
      await layer(snapshots, "one", undefined, "a");
      await layer(snapshots, "two", "one", "b");
      await snapshots.prepare("container", "two");
      await mounted(setting, "container", (root) => {
        expect(readdirSync(root).sort()).toEqual(["a", "b"]);
        rmSync(join(root, "a"));
        writeFileSync(join(root, "b"), "changed");
      });
      await mounted(setting, "container", (root) => {
        expect(readdirSync(root)).toEqual(["b"]);
        expect(readFileSync(join(root, "b"), "utf8")).toBe("changed");
      });
      await snapshots.prepare("other", "two");
      await mounted(setting, "other", (root) => expect(readFileSync(join(root, "b"), "utf8")).toBe("two"));
    });

    test("a view shows its parent and refuses writes", async () => {
      await using setting = await make();
      const { snapshots } = setting;
      await layer(snapshots, "one", undefined, "a");
      await layer(snapshots, "two", "one", "b");
      for (const parent of ["one", "two"]) {
        await snapshots.view(`view-${parent}`, parent);
        await mounted(setting, `view-${parent}`, (root) => {
          expect(readdirSync(root).includes("a")).toBe(true);
          expect(() => writeFileSync(join(root, "x"), "")).toThrow("EROFS");
        });
        expect(snapshots.commit(`view-${parent}`, "x")).rejects.toThrow("read-only");
      }
    });

    test("the root directory keeps owner and mode of the layer below", async () => {
      await using setting = await make();
      const { snapshots } = setting;
      await snapshots.prepare("k");
      const upper = await snapshots.upper("k");
      mkdirSync(join(upper, "x"));
      const { chmodSync, chownSync } = await import("node:fs");
      chmodSync(upper, 0o1777);
      chownSync(upper, 5, 6);
      await snapshots.commit("k", "one");
      await snapshots.prepare("c", "one");
      await mounted(setting, "c", (root) => {
        const { mode, uid, gid } = statSync(root);
        expect([mode & 0o7777, uid, gid]).toEqual([0o1777, 5, 6]);
      });
    });

    test("names and keys are taken once, and parents must be committed", async () => {
      await using setting = await make();
      const { snapshots } = setting;
      await layer(snapshots, "one", undefined, "a");
      await snapshots.prepare("k", "one");
      expect(snapshots.prepare("k", "one")).rejects.toThrow("already exists");
      expect(snapshots.commit("k", "one")).rejects.toThrow("already exists");
      expect(snapshots.prepare("x", "nothing")).rejects.toThrow("does not exist");
      expect(snapshots.prepare("x", "k")).rejects.toThrow("still being written");
      expect(await snapshots.stat("x")).toBeUndefined();
      expect(await snapshots.stat("k")).toEqual({ name: "k", kind: "active", parent: "one" });
      expect(snapshots.upper("one")).rejects.toThrow("is committed");
    });

    test("a parent cannot go before what stands on it; not there is fine", async () => {
      await using setting = await make();
      const { snapshots } = setting;
      await layer(snapshots, "one", undefined, "a");
      await snapshots.prepare("k", "one");
      expect(snapshots.remove("one")).rejects.toThrow("parent of others");
      await snapshots.remove("k");
      await snapshots.remove("one");
      await snapshots.remove("one");
      expect(await snapshots.list()).toEqual([]);
    });

    test("a snapshot with several names stays until its last one goes", async () => {
      await using setting = await make();
      const { snapshots } = setting;
      await layer(snapshots, "one", undefined, "a");
      await snapshots.link("one", "other");
      expect(snapshots.link("one", "other")).rejects.toThrow("already exists");
      expect(snapshots.link("nothing", "x")).rejects.toThrow("does not exist");
      await snapshots.prepare("k", "other");
      expect(snapshots.link("k", "x")).rejects.toThrow("still being written");
      await snapshots.remove("other");
      expect(await snapshots.stat("other")).toBeUndefined();
      expect((await snapshots.stat("k"))?.parent).toBe("one");
      await mounted(setting, "k", (root) => expect(readdirSync(root)).toEqual(["a"]));
      expect(snapshots.remove("one")).rejects.toThrow("parent of others");
      for (const each of [snapshots, setting.again()]) {
        expect((await each.list()).map(({ name }) => name).sort()).toEqual(["k", "one"]);
        expect((await each.stat("k"))?.parent).toBe("one");
        expect(each.remove("one")).rejects.toThrow("parent of others");
      }
      await snapshots.link("one", "third");
      expect((await setting.again().stat("third"))?.others).toEqual(["third"]);
      await snapshots.remove("k");
      await snapshots.remove("one");
      expect((await snapshots.stat("third"))?.others).toBeUndefined();
      await snapshots.remove("third");
      expect(await snapshots.list()).toEqual([]);
    });

    test("what is noted about a snapshot is known again, and its size when it is asked for", async () => {
      await using setting = await make();
      const { snapshots } = setting;
      await snapshots.prepare("k");
      writeFileSync(join(await snapshots.upper("k"), "f"), "12345");
      await snapshots.commit("k", "one", "later");
      await snapshots.setDiffId("one", sha256("tar"));
      const again = setting.again();
      expect(await again.stat("one")).toEqual({
        name: "one",
        kind: "committed",
        created: (await snapshots.stat("one"))?.created ?? "",
        diffId: sha256("tar"),
      });
      expect(await again.usage("one")).toEqual({ bytes: 5, inodes: 1 });
      expect(await setting.again().usage("one")).toEqual({ bytes: 5, inodes: 1 });
    });

    test("a restarted snapshotter knows everything", async () => {
      await using setting = await make();
      await layer(setting.snapshots, "one", undefined, "a");
      await setting.snapshots.prepare("container", "one");
      const again = setting.again();
      expect(await again.list()).toEqual(await setting.snapshots.list());
      expect(await again.mounts("container")).toEqual(await setting.snapshots.mounts("container"));
      expect(await again.usage("one")).toEqual({ bytes: 3, inodes: 1 });
      await again.prepare("new", "one");
      expect(await again.upper("new")).not.toBe(await again.upper("container"));
    });

    test("repair() removes unwanted keys and keeps names", async () => {
      await using setting = await make();
      const { snapshots } = setting;
      await layer(snapshots, "one", undefined, "a");
      await snapshots.prepare("wanted", "one");
      await snapshots.prepare("ghost", "one");
      expect(await snapshots.repair((key) => key === "wanted")).toEqual(["ghost"]);
      expect((await snapshots.list()).map((snapshot) => snapshot.name).sort()).toEqual(["one", "wanted"]);
      expect(await setting.again().repair(() => true)).toEqual([]);
    });

    test("usage counts bytes of files once and not those of parents", async () => {
      await using setting = await make();
      const { snapshots } = setting;
      await layer(snapshots, "one", undefined, "a");
      await snapshots.prepare("k", "one");
      const upper = await snapshots.upper("k");
      const { linkSync } = await import("node:fs");
      writeFileSync(join(upper, "x"), "12345");
      linkSync(join(upper, "x"), join(upper, "y"));
      expect(await snapshots.usage("k")).toEqual({ bytes: 5, inodes: 2 });
    });
  });
}
