import { invalidArgument } from "../../errors/engine-error.ts";
import { type ApiVersion, atLeast } from "../../protocol/versions.ts";
import type { CreateBody } from "../flags/container/create-body.ts";

/** Flags an older engine would silently overlook. */
const since: Readonly<Record<string, ApiVersion>> = {
  annotation: "1.43",
  cgroupns: "1.41",
  gpus: "1.40",
  "health-start-interval": "1.44",
  platform: "1.32",
};

export function checkApiVersion(given: ReadonlySet<string>, version: ApiVersion): void {
  for (const [flag, needed] of Object.entries(since)) {
    if (given.has(flag) && !atLeast(version, needed)) throw tooOld(`--${flag}`, needed, version);
  }
}

export function checkBodyVersion(body: CreateBody, version: ApiVersion): void {
  if (atLeast(version, "1.44")) return;
  const endpoints = Object.values(body.NetworkingConfig.EndpointsConfig);
  if (endpoints.some(({ MacAddress: address }) => address !== "")) {
    throw tooOld("specify mac-address per network", "1.44", version);
  }
  const mounts = body.HostConfig.Mounts ?? [];
  if (mounts.some(({ BindOptions: options }) => options?.ReadOnlyForceRecursive)) {
    throw invalidArgument("bind-recursive=readonly requires API v1.44 or later");
  }
}

const tooOld = (what: string, needed: ApiVersion, version: ApiVersion) =>
  invalidArgument(
    `"${what}" requires API version ${needed}, but the Docker daemon API version is ${version}`,
  );
