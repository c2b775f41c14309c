import { EngineError } from "../../errors/engine-error.ts";
import { log } from "../../lib/log.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import { type Reference, repositoryOf } from "../../oci/reference.ts";
import type { PushOptions, PushParts, PushTarget } from "./push-options.ts";

/** Repositories asked for a mount before the bytes are sent after all. */
const mostMounts = 3;
/** A line of progress at most so often, in bytes and in milliseconds. */
const progressBytes = 1 << 19;
const progressPause = 100;

/** Brings one layer to the registry, in the cheapest way that works. */
// trail: push
export async function pushLayer(
  id: string,
  layer: Descriptor,
  target: PushTarget,
  parts: PushParts,
  { onProgress, chunkSize, signal }: PushOptions,
): Promise<void> {
  const { repository } = target;
  if (await repository.hasBlob(layer.digest, signal)) {
    onProgress({ id, status: "Layer already exists" });
    return;
  }
  for (const from of mountCandidates(parts.table.sources(layer.digest), target.reference)) {
    if (!(await mounted(layer, from, target, signal))) continue;
    onProgress({ id, status: `Mounted from ${from}` });
    return;
  }
  await repository.uploadBlob(
    layer,
    {
      open: (offset) => parts.content.open(layer.digest, { offset }),
      ...(chunkSize > 0 && { chunkSize }),
      onProgress: paced((current) => onProgress({ id, status: "Pushing", current, total: layer.size })),
    },
    signal,
  );
  onProgress({ id, status: "Pushed" });
}

/** Other repositories of the same registry that have the blob, those with the most similar name first. */
export function mountCandidates(sources: readonly string[], target: Reference): string[] {
  const prefix = `${target.domain}/`;
  const own = repositoryOf(target);
  const parts = target.path.split("/");
  const likeness = (path: string) => {
    const others = path.split("/");
    const differs = parts.findIndex((part, index) => others[index] !== part);
    return differs < 0 ? parts.length : differs;
  };
  return sources
    .filter((source) => source.startsWith(prefix) && source !== own)
    .map((source) => source.slice(prefix.length))
    .sort((a, b) => likeness(b) - likeness(a))
    .slice(0, mostMounts);
}

/** A mount only saves bytes: a registry that refuses it (no right to read there) gets them sent. */
async function mounted(
  layer: Descriptor,
  from: string,
  { repository }: PushTarget,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    return await repository.mountBlob(layer.digest, from, signal);
  } catch (error) {
    if (signal.aborted || !(error instanceof EngineError)) throw error;
    log.debug("a blob was not mounted from another repository", { from, error: error.message });
    return false;
  }
}

function paced(report: (sent: number) => void): (sent: number) => void {
  let last = 0;
  let at = Number.NEGATIVE_INFINITY;
  return (sent) => {
    if (sent - last < progressBytes && sent >= last) return;
    const now = performance.now();
    if (now - at < progressPause) return;
    last = sent;
    at = now;
    report(sent);
  };
}
