import { expect, test } from "bun:test";
import { changedLimits } from "./resource-limits.ts";

test("an update holds what was asked, not what clients send along", () => {
  const sentAlong = { CpuShares: 0, CpusetCpus: "", Devices: [], Memory: 64_000_000 };
  expect(changedLimits(sentAlong)).toEqual({ Memory: 64_000_000 });
});

test("0 and -1 take the limit of processes away", () => {
  expect(changedLimits({ PidsLimit: -1 })).toEqual({ PidsLimit: -1 });
  expect(changedLimits({ PidsLimit: 0 })).toEqual({ PidsLimit: 0 });
  expect(changedLimits({})).toEqual({});
});
