import type { BuildOrder } from "../../../engine/services/builds.ts";
import { invalidArgument } from "../../../errors/engine-error.ts";
import { isObject } from "../../../protocol/validate.ts";
import type { ApiCall } from "../../api-call.ts";
import { jsonParameter } from "./json-parameter.ts";

type Limits = BuildOrder["limits"];

/** What `docker build` limits a step to; 0 is no limit. */
export function buildLimits(call: ApiCall): Limits {
  const limits: Record<string, unknown> = {};
  const put = (key: keyof Limits, value: unknown) => {
    if (value !== undefined && value !== 0) limits[key] = value;
  };
  put("shmSize", atLeastZero(call, "shmsize"));
  put("memory", atLeastZero(call, "memory"));
  put("memorySwap", call.integer("memswap"));
  put("cpuShares", atLeastZero(call, "cpushares"));
  put("cpuPeriod", atLeastZero(call, "cpuperiod"));
  put("cpuQuota", call.integer("cpuquota"));
  put("cpusetCpus", call.text("cpusetcpus"));
  put("cpusetMems", call.text("cpusetmems"));
  put("cgroupParent", call.text("cgroupparent"));
  const ulimits = ulimitsOf(call);
  if (ulimits.length > 0) put("ulimits", ulimits);
  return limits;
}

function atLeastZero(call: ApiCall, name: string): number | undefined {
  const value = call.integer(name);
  if (value !== undefined && value < 0)
    throw invalidArgument(`invalid value for ${name}: ${value} is less than 0`);
  return value;
}

function ulimitsOf(call: ApiCall): NonNullable<Limits["ulimits"]> {
  const value = jsonParameter(call, "ulimits") ?? [];
  if (!Array.isArray(value)) throw invalidArgument("invalid value for ulimits: must be a JSON array");
  return value.map((item: unknown) => {
    if (!isObject(item) || typeof item.Name !== "string") {
      throw invalidArgument("invalid value for ulimits: each must have a Name");
    }
    return { Name: item.Name, Soft: limitOf(item.Soft), Hard: limitOf(item.Hard) };
  });
}

function limitOf(value: unknown = 0): number {
  if (Number.isInteger(value)) return Number(value);
  throw invalidArgument("invalid value for ulimits: Soft and Hard must be whole numbers");
}
