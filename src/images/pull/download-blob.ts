import type { BlobWriter } from "../../content/content-store.ts";
import { EngineError, invalidArgument } from "../../errors/engine-error.ts";
import { failpoint } from "../../lib/failpoint.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import { NotReached } from "../../registry/auth/reply.ts";
import { isTransient } from "../../registry/client/registry-refusal.ts";
import type { RemoteRepository } from "../../registry/client/remote-repository.ts";
import { pause, pauseAfter, type RetryPolicy } from "../../registry/client/retry.ts";

export type DownloadPhase =
  | { readonly kind: "waiting" }
  | { readonly kind: "downloading"; readonly current: number }
  | { readonly kind: "retrying"; readonly seconds: number }
  | { readonly kind: "verifying" }
  | { readonly kind: "complete" };

/** What an earlier attempt left was not the beginning of this blob: it is gone, and a new attempt may succeed. */
export class StaleDownload extends EngineError {
  constructor(cause: unknown) {
    super("internal", "what was downloaded earlier is damaged", cause);
  }
}

/**
 * Brings the rest of a blob into its writer and seals it. A connection that breaks is gone on
 * with where it stopped, as long as there is headway.
 */
export async function downloadBlob(
  blob: Descriptor,
  repository: RemoteRepository,
  writer: BlobWriter,
  options: {
    readonly retries: RetryPolicy;
    readonly tell: (phase: DownloadPhase) => void;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { retries, tell, signal } = options;
  const resumed = writer.offset > 0;
  for (let failed = 0; writer.offset < blob.size; ) {
    const before = writer.offset;
    try {
      await downloadFrom(blob, repository, writer, tell, signal);
    } catch (error) {
      failed = writer.offset > before ? 1 : failed + 1;
      if (failed >= retries.attempts || signal.aborted || !isTransient(error)) throw error;
      const milliseconds = pauseAfter(error, failed, retries);
      tell({ kind: "retrying", seconds: Math.ceil(milliseconds / 1000) });
      await pause(milliseconds, signal);
    }
  }
  tell({ kind: "verifying" });
  try {
    await writer.seal({ digest: blob.digest, size: blob.size });
  } catch (error) {
    throw resumed ? new StaleDownload(error) : error;
  }
  tell({ kind: "complete" });
}

async function downloadFrom(
  blob: Descriptor,
  repository: RemoteRepository,
  writer: BlobWriter,
  tell: (phase: DownloadPhase) => void,
  signal: AbortSignal,
): Promise<void> {
  const { bytes, offset, size } = await repository.blob(blob.digest, writer.offset, signal, {
    once: true,
  });
  // A registry without ranges begins at the beginning: what is there already is passed over.
  let known = writer.offset - offset;
  if (size !== undefined && size !== blob.size) {
    await bytes.cancel();
    throw invalidArgument(
      `unexpected size: the registry has ${size} bytes of blob ${blob.digest}, expected ${blob.size}`,
    );
  }
  for await (const part of bytes) {
    const fresh = part.subarray(Math.min(known, part.length));
    known -= part.length - fresh.length;
    if (fresh.length === 0) continue;
    if (writer.offset + fresh.length > blob.size) {
      throw invalidArgument(`unexpected size: blob ${blob.digest} has more than ${blob.size} bytes`);
    }
    await writer.write(fresh);
    tell({ kind: "downloading", current: writer.offset });
    await failpoint("pull.download");
  }
  if (writer.offset < blob.size) throw new NotReached("unexpected EOF", undefined);
}
