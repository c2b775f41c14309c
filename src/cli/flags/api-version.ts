import { invalidArgument } from "../../errors/engine-error.ts";
import type { ApiVersion } from "../../protocol/versions.ts";

type Since = readonly [major: number, minor: number];

export function isSince(version: ApiVersion, since: Since): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > since[0] || (major === since[0] && minor >= since[1]);
}

/** Refuses what an older engine would overlook. `what` is a flag in quotes, or a command. */
export function requireApiVersion(version: ApiVersion, since: Since, what: string): void {
  if (isSince(version, since)) return;
  throw invalidArgument(
    `${what} requires API version ${since.join(".")}, but the Docker daemon API version is ${version}`,
  );
}
