import { invalidArgument } from "../../errors/engine-error.ts";
import { parsePlatformText } from "../../oci/platform.ts";
import type { ApiVersion } from "../../protocol/versions.ts";

/** A platform as JSON, for calls that want it so; older engines would overlook it. */
export function platformQuery(
  text: string,
  version: ApiVersion,
  since: readonly [major: number, minor: number],
): string | undefined {
  if (text === "") return undefined;
  const platform = parsePlatformText(text);
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major < since[0] || (major === since[0] && minor < since[1])) {
    throw invalidArgument(
      `"--platform" requires API version ${since.join(".")}, but the Docker daemon API version is ${version}`,
    );
  }
  return JSON.stringify(platform);
}
