import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ContainerId, ContainerRecord } from "./container-record.ts";
import { openRecords } from "./sqlite-records.ts";

const container = (id: string, name: string) =>
  ({ id: id as ContainerId, name, state: { status: "created" } }) as unknown as ContainerRecord;

test("containers.insert() refuses a taken name and names the holder", () => {
  const records = openRecords(":memory:");
  records.containers.insert(container("a1", "web"));
  expect(() => records.containers.insert(container("b2", "web"))).toThrow(
    'Conflict. The container name "/web" is already in use by container "a1".',
  );
  expect(records.containers.list().length).toBe(1);
});

test("containers.update() renames under the same uniqueness", () => {
  const records = openRecords(":memory:");
  records.containers.insert(container("a1", "web"));
  records.containers.insert(container("b2", "db"));
  records.containers.update(container("b2", "store"));
  expect(records.containers.get("b2" as ContainerId)?.name).toBe("store");
  expect(() => records.containers.update(container("b2", "web"))).toThrow('container "a1"');
});

test("networks.takeAddress() gives an address out once until it is released", () => {
  const { networks } = openRecords(":memory:");
  networks.takeAddress({ networkId: "n", address: "10.0.0.2", containerId: "a" });
  expect(() => networks.takeAddress({ networkId: "n", address: "10.0.0.2", containerId: "b" })).toThrow(
    "Address already in use",
  );
  networks.releaseAddresses("n", "a");
  networks.takeAddress({ networkId: "n", address: "10.0.0.2", containerId: "b" });
  expect(networks.addresses("n")).toEqual([{ networkId: "n", address: "10.0.0.2", containerId: "b" }]);
});

test("transaction() leaves nothing of work that throws", () => {
  const records = openRecords(":memory:");
  expect(() =>
    records.transaction(() => {
      records.settings.set("id", "x");
      throw new Error("stop");
    }),
  ).toThrow("stop");
  expect(records.settings.get("id")).toBeUndefined();
});

test("openRecords() finds everything again and refuses a newer schema", () => {
  const directory = mkdtempSync(join(tmpdir(), "hull-records-"));
  try {
    const file = join(directory, "hull.db");
    const first = openRecords(file);
    first.settings.set("id", "x");
    first.close();
    const second = openRecords(file);
    expect(second.settings.get("id")).toBe("x");
    second.close();
    const raw = new Database(file);
    raw.run("PRAGMA user_version = 99");
    raw.close();
    expect(() => openRecords(file)).toThrow("newer version");
  } finally {
    rmSync(directory, { recursive: true });
  }
});
