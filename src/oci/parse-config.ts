import { invalidArgument } from "../errors/engine-error.ts";
import { isDigest } from "./digest.ts";
import type { ImageConfig } from "./image-config.ts";
import { parseObject } from "./manifest.ts";

/** Reads an image's configuration blob: the parts the engine builds on are checked, the rest is as it is. */
export function parseImageConfig(bytes: Uint8Array): ImageConfig {
  const json = parseObject(bytes, "image configuration");
  const rootfs = json.rootfs as { diff_ids?: unknown } | undefined;
  const diffIds = rootfs?.diff_ids ?? [];
  if (!Array.isArray(diffIds) || !diffIds.every((id) => typeof id === "string" && isDigest(id)))
    throw invalidArgument("invalid image configuration: bad list of layers");
  if (typeof json.os !== "string" && json.os !== undefined)
    throw invalidArgument("invalid image configuration: bad os");
  if (json.history !== undefined && json.history !== null && !Array.isArray(json.history))
    throw invalidArgument("invalid image configuration: bad history");
  if (json.config !== undefined && (typeof json.config !== "object" || Array.isArray(json.config)))
    throw invalidArgument("invalid image configuration: bad config");
  const { config, history, ...rest } = json;
  return {
    ...rest,
    os: typeof json.os === "string" && json.os !== "" ? json.os : "linux",
    architecture: typeof json.architecture === "string" ? json.architecture : "",
    rootfs: { type: "layers", diff_ids: diffIds },
    ...(config !== null && config !== undefined && { config }),
    ...(Array.isArray(history) && { history }),
  } as ImageConfig;
}
