import { invalidArgument } from "../../errors/engine-error.ts";
import { hostPlatform, type Platform } from "../../oci/platform.ts";
import { isObject } from "../../protocol/validate.ts";

const architectures: Readonly<Record<string, string>> = {
  x86_64: "amd64",
  "x86-64": "amd64",
  aarch64: "arm64",
  i386: "386",
  armhf: "arm",
  armel: "arm",
};

const operatingSystems = new Set(["linux", "windows", "darwin", "freebsd"]);

/** `os[/arch[/variant]]`, or one architecture name; newer clients send the JSON of an OCI platform. */
export function parsePlatform(text: string | undefined): Platform | undefined {
  if (text === undefined) return undefined;
  if (text.startsWith("{")) return fromJson(text);
  const parts = text.toLowerCase().split("/");
  if (parts.length > 3 || parts.some((part) => !/^[a-z0-9_.-]+$/.test(part))) {
    throw invalidArgument(`invalid platform ${JSON.stringify(text)}: must be os[/arch[/variant]]`);
  }
  const host = hostPlatform();
  const [first = "", second, variant] = parts;
  if (second === undefined && !operatingSystems.has(first)) {
    return { os: "linux", architecture: architectures[first] ?? first };
  }
  return {
    os: first === "macos" ? "darwin" : first,
    architecture: second === undefined ? host.architecture : (architectures[second] ?? second),
    ...(variant !== undefined && { variant }),
  };
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
