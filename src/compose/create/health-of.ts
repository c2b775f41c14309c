import { invalidArgument } from "../../errors/engine-error.ts";
import type { HealthConfig } from "../../protocol/generated/types.ts";
import { type ApiVersion, atLeast } from "../../protocol/versions.ts";
import type { Healthcheck } from "../model/service-parts.ts";

/** Nothing where the image's is meant. */
export function healthOf(check: Healthcheck | undefined, version: ApiVersion): HealthConfig | undefined {
  if (!check) return undefined;
  if (check.start_interval !== undefined && !atLeast(version, "1.44")) {
    throw invalidArgument(
      "can't set healthcheck.start_interval as feature require Docker Engine v25 or later",
    );
  }
  if (check.start_interval !== undefined && check.start_period === undefined) {
    throw invalidArgument("healthcheck.start_interval requires healthcheck.start_period to be set");
  }
  const test = check.disable ? ["NONE"] : check.test;
  return {
    ...(test && { Test: [...test] }),
    ...(check.interval !== undefined && { Interval: check.interval }),
    ...(check.timeout !== undefined && { Timeout: check.timeout }),
    ...(check.start_period !== undefined && { StartPeriod: check.start_period }),
    ...(check.start_interval !== undefined && { StartInterval: check.start_interval }),
    ...(check.retries !== undefined && { Retries: check.retries }),
  };
}
