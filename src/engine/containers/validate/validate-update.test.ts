import { expect, test } from "bun:test";
import { sampleContainer, sampleHost, sampleHostConfig } from "../../../../tests/fakes/container-samples.ts";
import type { HostConfig } from "../../../records/container-config.ts";
import { validateUpdate } from "./validate-update.ts";

const update = (old: Partial<HostConfig>, changes: Partial<HostConfig>) =>
  validateUpdate(sampleContainer({ hostConfig: sampleHostConfig(old) }), changes, sampleHost());
const id = sampleContainer().id;

test("update: what is given changes, zeros and empty values leave the rest alone", () => {
  const old = { CpuShares: 512, Memory: 20_000_000, MemorySwap: 40_000_000, CpusetCpus: "0", PidsLimit: 7 };
  const { hostConfig, warnings } = update(old, {
    CpuShares: 0,
    CpusetCpus: "",
    Memory: 30_000_000,
    PidsLimit: null,
    CpuQuota: 5000,
    RestartPolicy: { Name: "", MaximumRetryCount: 0 },
    Ulimits: null,
    OomKillDisable: null,
  });
  expect(warnings).toEqual([]);
  expect(hostConfig).toEqual(sampleHostConfig({ ...old, Memory: 30_000_000, CpuQuota: 5000 }));
});

test("update: a pids limit of 0 or -1 takes it away", () => {
  expect(update({ PidsLimit: 7 }, { PidsLimit: -1 }).hostConfig.PidsLimit).toBeNull();
  expect(update({ PidsLimit: 7 }, { PidsLimit: 0 }).hostConfig.PidsLimit).toBeNull();
  expect(update({ PidsLimit: 7 }, { PidsLimit: 9 }).hostConfig.PidsLimit).toBe(9);
});

test("update: restart policy", () => {
  const policy = { Name: "on-failure", MaximumRetryCount: 3 } as const;
  expect(update({}, { RestartPolicy: policy }).hostConfig.RestartPolicy).toEqual(policy);
  expect(() => update({ AutoRemove: true }, { RestartPolicy: policy })).toThrow(
    `Cannot update container ${id}: Restart policy cannot be updated because AutoRemove is enabled for the container`,
  );
  const none = { Name: "no", MaximumRetryCount: 0 } as const;
  expect(update({ AutoRemove: true }, { RestartPolicy: none }).hostConfig.RestartPolicy).toEqual(none);
});

test("update: swap may come alone, or with the memory it must hold", () => {
  const old = { Memory: 10_000_000, MemorySwap: 20_000_000 };
  expect(update(old, { MemorySwap: 30_000_000 }).hostConfig.MemorySwap).toBe(30_000_000);
  expect(update(old, { MemorySwap: -1, Memory: 50_000_000 }).hostConfig).toMatchObject({
    Memory: 50_000_000,
    MemorySwap: -1,
  });
  expect(() => update(old, { Memory: 30_000_000 })).toThrow(
    `Cannot update container ${id}: Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time`,
  );
});

test.each<[Partial<HostConfig>, Partial<HostConfig>, string]>([
  [{ CpuPeriod: 1000 }, { NanoCpus: 1e9 }, "Nano CPUs cannot be updated as CPU Period has already been set"],
  [{ CpuQuota: 1000 }, { NanoCpus: 1e9 }, "Nano CPUs cannot be updated as CPU Quota has already been set"],
  [{ NanoCpus: 1e9 }, { CpuPeriod: 1000 }, "CPU Period cannot be updated as NanoCPUs has already been set"],
  [{ NanoCpus: 1e9 }, { CpuQuota: 1000 }, "CPU Quota cannot be updated as NanoCPUs has already been set"],
  [{}, { Memory: 5 }, "Minimum memory limit allowed is 6MB"],
  [{}, { CpusetCpus: "9" }, "Requested CPUs are not available - requested 9, available: 0-1"],
  [
    {},
    { Ulimits: [{ Name: "nofile", Soft: 1, Hard: 1 }] },
    "Ulimits of a container cannot be changed with update",
  ],
])("update: %j by %j is refused: %s", (old, changes, message) => {
  expect(() => update(old, changes)).toThrow(message);
});

test("update: an unchangeable value sent along unchanged is fine", () => {
  const Ulimits = [{ Name: "nofile", Soft: 1, Hard: 1 }];
  expect(update({ Ulimits }, { Ulimits, CpuShares: 5 }).hostConfig.CpuShares).toBe(5);
});
