import type { Digest } from "../../oci/digest.ts";
import { parseManifest, parseObject } from "../../oci/manifest.ts";
import type { Platform } from "../../oci/platform.ts";
import { parseReference, withDefaultTag } from "../../oci/reference.ts";
import type { Credentials } from "../../registry/auth/credentials.ts";
import type { RemoteRepository } from "../../registry/client/remote-repository.ts";
import type { EngineContext } from "../context.ts";
import type { DistributionView } from "../services/images.ts";

/** An image's configuration is JSON of a few kilobytes; more is a mistake or an attack. */
const longestConfig = 4 << 20;

/** What a registry has under a name: descriptor, and the platforms it is for. */
export async function inspectDistribution(
  context: EngineContext,
  name: string,
  credentials: Credentials | undefined,
  signal: AbortSignal,
): Promise<DistributionView> {
  const { domain, path, tag, digest } = withDefaultTag(parseReference(name));
  const repository = context.openRepository({ domain, path }, credentials, "pull");
  const { descriptor, raw } = await repository.manifest(digest ?? tag ?? "latest", signal);
  const parsed = parseManifest(raw, descriptor.mediaType);
  if (parsed.kind === "index") {
    const platforms = parsed.index.manifests.flatMap(({ platform }) => platform ?? []);
    return { descriptor, platforms };
  }
  const platform = await platformOf(parsed.manifest.config.digest, repository, signal);
  return { descriptor, platforms: platform ? [platform] : [] };
}

/** From the configuration; an artifact that is no image has none. */
async function platformOf(
  config: Digest,
  repository: RemoteRepository,
  signal: AbortSignal,
): Promise<Platform | undefined> {
  const { bytes } = await repository.blob(config, 0, signal);
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of bytes) {
    size += part.length;
    if (size > longestConfig) return undefined;
    parts.push(part);
  }
  const json = parseObject(Buffer.concat(parts), "image configuration");
  const text = (key: string) => (typeof json[key] === "string" ? (json[key] as string) : "");
  if (text("os") === "" && text("architecture") === "") return undefined;
  return {
    os: text("os"),
    architecture: text("architecture"),
    ...(text("variant") !== "" && { variant: text("variant") }),
    ...(text("os.version") !== "" && { "os.version": text("os.version") }),
  };
}
