import { invalidArgument } from "../../errors/engine-error.ts";
import { formatPlatform, parsePlatformText } from "../../oci/platform.ts";

/** `arm64`, `LINUX/aarch64`: as the engine takes it in a query. */
export function normalPlatform(text: string): string {
  try {
    return formatPlatform(parsePlatformText(text));
  } catch (error) {
    throw invalidArgument(
      `error parsing specified platform: ${JSON.stringify(text)}: cannot parse platform specifier: invalid argument`,
      error,
    );
  }
}
