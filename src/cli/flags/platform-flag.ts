import { parsePlatformText } from "../../oci/platform.ts";
import type { ApiVersion } from "../../protocol/versions.ts";
import { requireApiVersion } from "./api-version.ts";

/** A platform as JSON, for calls that want it so; older engines would overlook it. */
export function platformQuery(
  text: string,
  version: ApiVersion,
  since: readonly [major: number, minor: number],
): string | undefined {
  if (text === "") return undefined;
  const { architecture, os, variant } = parsePlatformText(text);
  requireApiVersion(version, since, '"--platform"');
  return JSON.stringify({ architecture, os, variant });
}
