import { invalidArgument } from "../../errors/engine-error.ts";
import { type Platform, parsePlatformText } from "../../oci/platform.ts";
import { isObject } from "../../protocol/validate.ts";

/** `os[/arch[/variant]]`, or one architecture name; newer clients send the JSON of an OCI platform. */
export function parsePlatform(text: string | undefined): Platform | undefined {
  if (text === undefined) return undefined;
  if (text.startsWith("{")) return fromJson(text);
  return parsePlatformText(text);
}

function fromJson(text: string): Platform {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalidArgument("failed to parse platform: invalid JSON", cause);
  }
  if (!isObject(value) || typeof value.os !== "string" || typeof value.architecture !== "string") {
    throw invalidArgument("failed to parse platform: both OS and Architecture must be provided");
  }
  return {
    os: value.os,
    architecture: value.architecture,
    ...(typeof value.variant === "string" && value.variant !== "" && { variant: value.variant }),
  };
}
