import { invalidArgument, isKind, notFound } from "../errors/engine-error.ts";
import { exportTrees } from "../images/export/export-tree.ts";
import type { StoredImage } from "../images/stored-image.ts";
import { formatPlatform, type Platform } from "../oci/platform.ts";
import { parseReference } from "../oci/reference.ts";
import type { BuilderParts } from "./build.ts";
import type { BuildRequest } from "./build-request.ts";
import { canonical } from "./plan/find-source.ts";
import type { ImageSource } from "./plan/planning.ts";
import type { StepBoard } from "./step-board.ts";

/** A base image: the one that is here, or what its registry has, always with `--pull`. */
export async function findBaseImage(
  source: ImageSource,
  platform: Platform,
  { parts, request, board }: { parts: BuilderParts; request: BuildRequest; board: StepBoard },
): Promise<StoredImage> {
  if (source.kind === "layout") return await fromLayout(source, platform, parts, request.signal);
  const { reference } = source;
  const isId = /^sha256:[0-9a-f]{64}$/.test(reference);
  const local = await here(parts, reference, platform);
  if (local && (isId || !request.pull)) return local;
  if (isId) throw invalidArgument(`pull access denied, repository does not exist: ${reference}`);
  return await board.step(
    `[internal] load metadata for ${canonical(reference)}`,
    request.signal,
    async (scope) => {
      const { domain } = parseReference(reference);
      await parts.pullImage({
        reference,
        platform,
        credentials: request.credentials(domain),
        onProgress: ({ id, ...progress }) => scope.onProgress({ id: id ?? reference, ...progress }),
        signal: request.signal,
      });
      return await parts.images.find(reference, platform);
    },
  );
}

/** An OCI layout is loaded like an archive of it; its image has no name here. */
async function fromLayout(
  { path, reference }: Extract<ImageSource, { kind: "layout" }>,
  platform: Platform,
  { images }: BuilderParts,
  signal: AbortSignal,
): Promise<StoredImage> {
  const loaded = await images.load(exportTrees([{ path, name: "" }]), { platform, signal });
  const wanted = reference.replace(/^.*[:@](?=[^/]*$)/, "");
  const named = loaded.find(
    ({ image, tags }) => image.id.includes(wanted) || tags.some((tag) => tag.endsWith(`:${wanted}`)),
  );
  const [first] = loaded;
  const found = named ?? first;
  if (!found)
    throw notFound(
      `the OCI layout ${JSON.stringify(reference)} has no image for ${formatPlatform(platform)}`,
    );
  return found.image;
}

/** An image of another platform is as good as none: its registry may have the right one. */
async function here(
  { images }: BuilderParts,
  reference: string,
  platform: Platform,
): Promise<StoredImage | undefined> {
  try {
    return await images.find(reference, platform);
  } catch (error) {
    if (isKind(error, "not_found")) return undefined;
    if (isKind(error, "invalid_argument"))
      throw invalidArgument(
        `failed to parse stage name ${JSON.stringify(reference)} for ${formatPlatform(platform)}: ${error.message}`,
        error,
      );
    throw error;
  }
}
