import { describe, expect, test } from "bun:test";
import { existsSync, lstatSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { VolumeRecord } from "../../src/records/volume-record.ts";
import type { VolumeDriver } from "../../src/volumes/volume-driver.ts";

export function volumeRecord(name: string, options: Record<string, string> = {}): VolumeRecord {
  return { name, driver: "local", created: "2026-01-01T00:00:00Z", labels: {}, options, anonymous: false };
}

export interface DriverSetting extends AsyncDisposable {
  readonly driver: VolumeDriver;
  /** A second driver on the same data, as a restarted engine has one. */
  again(): VolumeDriver;
}

/** What every volume driver has to keep. */
export function volumeDriverContract(name: string, make: () => Promise<DriverSetting>): void {
  describe(`${name} keeps the contract of a volume driver`, () => {
    const a = volumeRecord("alpha");

    test("create() makes a writable directory at mountpoint(), and twice is fine", async () => {
      await using setting = await make();
      await setting.driver.create(a);
      writeFileSync(join(setting.driver.mountpoint(a), "kept"), "data");
      await setting.driver.create(a);
      expect(lstatSync(setting.driver.mountpoint(a)).mode & 0o777).toBe(0o755);
      expect(existsSync(join(setting.driver.mountpoint(a), "kept"))).toBe(true);
    });

    test("mount() answers the stable path, for several users", async () => {
      await using setting = await make();
      await setting.driver.create(a);
      expect(await setting.driver.mount(a, "one")).toBe(setting.driver.mountpoint(a));
      expect(await setting.driver.mount(a, "two")).toBe(setting.driver.mountpoint(a));
    });

    test("remove() refuses while a user is left, and deletes the data afterwards", async () => {
      await using setting = await make();
      await setting.driver.create(a);
      await setting.driver.mount(a, "one");
      await setting.driver.mount(a, "two");
      await setting.driver.unmount(a, "one");
      await expect(setting.driver.remove(a)).rejects.toThrow("remove alpha: volume is in use - [two]");
      await setting.driver.unmount(a, "two");
      await setting.driver.remove(a);
      expect(existsSync(setting.driver.mountpoint(a))).toBe(false);
    });

    test("remove() of what is not there and unmount() of a stranger are fine", async () => {
      await using setting = await make();
      await setting.driver.remove(a);
      await setting.driver.create(a);
      await setting.driver.mount(a, "one");
      await setting.driver.unmount(a, "stranger");
      await expect(setting.driver.remove(a)).rejects.toThrow("in use");
    });

    test("usage() counts file bytes", async () => {
      await using setting = await make();
      await setting.driver.create(a);
      expect(await setting.driver.usage(a)).toBe(0);
      writeFileSync(join(setting.driver.mountpoint(a), "file"), "12345");
      expect(await setting.driver.usage(a)).toBe(5);
    });

    test("reconcile() remembers users over a restart", async () => {
      await using setting = await make();
      await setting.driver.create(a);
      await setting.driver.mount(a, "one");
      const restarted = setting.again();
      expect(await restarted.reconcile([a], new Map([["alpha", ["one"]]]))).toEqual([]);
      await expect(restarted.remove(a)).rejects.toThrow("in use");
      await restarted.unmount(a, "one");
      await restarted.remove(a);
    });

    test("reconcile() makes the directory of a record whose creation was cut short", async () => {
      await using setting = await make();
      expect(await setting.driver.reconcile([a], new Map())).toEqual([
        'made the missing directory of volume "alpha"',
      ]);
      expect(existsSync(setting.driver.mountpoint(a))).toBe(true);
    });
  });
}
