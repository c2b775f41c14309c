import { EngineError, invalidArgument } from "../errors/engine-error.ts";

/** An Engine API version as `major.minor`. Within 1.x only the minor number counts. */
export type ApiVersion = `${number}.${number}`;

export const maxVersion: ApiVersion = "1.51";
export const minVersion: ApiVersion = "1.24";

const prefix = /^\/v(\d+)\.(\d+)(?=\/|$)/;

/**
 * Splits `/v1.43/info` into version and path; no prefix means the newest version.
 * The version may be one that is not served: see `checkVersion`.
 */
export function splitVersion(path: string): { version: ApiVersion; path: string } {
  const match = prefix.exec(path);
  if (!match) return { version: maxVersion, path };
  return { version: `${Number(match[1])}.${Number(match[2])}`, path: path.slice(match[0].length) || "/" };
}

/** Throws Docker's sentence for a version outside of what is served. */
export function checkVersion(version: ApiVersion): void {
  if (compareVersions(version, maxVersion) > 0) {
    throw invalidArgument(
      `client version ${version} is too new. Maximum supported API version is ${maxVersion}`,
    );
  }
  if (compareVersions(version, minVersion) < 0) {
    throw invalidArgument(
      `client version ${version} is too old. Minimum supported API version is ${minVersion}, please upgrade your client to a newer version`,
    );
  }
}

export function compareVersions(a: ApiVersion, b: ApiVersion): number {
  const [majorA = 0, minorA = 0] = a.split(".").map(Number);
  const [majorB = 0, minorB = 0] = b.split(".").map(Number);
  return majorA - majorB || minorA - minorB;
}

export function atLeast(version: ApiVersion, wanted: ApiVersion): boolean {
  return compareVersions(version, wanted) >= 0;
}

/** For a client: the version to speak with a server that offers up to `offered`. */
export function negotiate(offered: string): ApiVersion {
  const match = /^(\d+)\.(\d+)$/.exec(offered);
  if (!match) return minVersion;
  const version: ApiVersion = `${Number(match[1])}.${Number(match[2])}`;
  if (compareVersions(version, minVersion) < 0) {
    throw new EngineError(
      "unavailable",
      `the engine speaks API version ${offered}, this client needs at least ${minVersion}`,
    );
  }
  return compareVersions(version, maxVersion) > 0 ? maxVersion : version;
}
