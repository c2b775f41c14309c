import { internal, messageOf } from "../../errors/engine-error.ts";
import type { Digest } from "../../oci/digest.ts";
import { NotReached, type RegistryReply } from "../auth/reply.ts";
import { isTransient, RegistryRefusal, refusalOf } from "./registry-refusal.ts";
import type { RegistrySession } from "./registry-session.ts";
import type { BlobUpload } from "./remote-repository.ts";
import { pause, pauseAfter, retrying } from "./retry.ts";
import { cutOff, type SentBody, sentBody } from "./sent-body.ts";

interface UploadTarget {
  readonly session: RegistrySession;
  /** Where uploads begin. */
  readonly start: URL;
  readonly scopes: readonly string[];
}

interface Blob {
  readonly digest: Digest;
  readonly size: number;
}

/** A registry may look through the whole blob before it answers. */
const answerTimeoutMs = 15 * 60_000;

/**
 * POST uploads/ ─▶ 202 Location ─▶ PATCH bytes ─▶ 202 Location … ─▶ PUT ?digest ─▶ 201
 *
 * A break in the middle: GET Location ─▶ 204 Range 0-n ─▶ PATCH from n+1; where the upload is
 * unknown by then, a new one from the beginning. All bytes go in one PATCH, or in pieces: of the
 * size asked for, not below what the registry wants, and smaller ones after a 413 (too large).
 */
export async function uploadBlob(
  target: UploadTarget,
  blob: Blob,
  upload: BlobUpload,
  signal: AbortSignal,
): Promise<void> {
  const { retries } = target.session;
  let at: Position | undefined;
  let reached = 0;
  let piece = upload.chunkSize ?? blob.size;
  for (let failed = 0; ; ) {
    try {
      at ??= await begin(target, signal);
      while (at.offset < blob.size) {
        const chunkSize = Math.max(piece, at.leastPiece);
        at = await sendPiece(target, at, blob, { ...upload, chunkSize }, signal);
      }
      await finish(target, at, blob, signal);
      return;
    } catch (error) {
      if (isTooLarge(error) && piece > smallestPiece && !signal.aborted) {
        piece = Math.max(smallestPiece, Math.min(firstPiece, Math.ceil(piece / 2)));
        at = at && (await whereItStopped(target, at, blob, signal));
        continue;
      }
      // What made headway may break as often as it likes.
      const offset = at?.offset ?? 0;
      failed = offset > reached ? 1 : failed + 1;
      reached = Math.max(reached, offset);
      if (failed >= retries.attempts || signal.aborted || !mayResume(error)) throw error;
      await pause(pauseAfter(error, failed, retries), signal);
      at = at && (await whereItStopped(target, at, blob, signal));
    }
  }
}

interface Position {
  readonly location: URL;
  readonly offset: number;
  /** What the registry wants a piece to have, but for the last one (`OCI-Chunk-Min-Length`). */
  readonly leastPiece: number;
}

/** Tried first, and the last that is tried, when something on the way refuses long requests. */
const firstPiece = 32 << 20;
const smallestPiece = 1 << 20;

function isTooLarge(error: unknown): boolean {
  return error instanceof RegistryRefusal && error.status === 413;
}

/** 404 and 416: the upload is gone, or stands elsewhere than thought; asking for it tells. */
function mayResume(error: unknown): boolean {
  return isTransient(error) || (error instanceof RegistryRefusal && [404, 416].includes(error.status));
}

async function begin({ session, start, scopes }: UploadTarget, signal: AbortSignal): Promise<Position> {
  const reply = await retrying(session.retries, signal, async () => {
    const answer = await session.send(start, { method: "POST", scopes }, signal);
    if (answer.status === 202) return answer;
    throw await refused(session, answer);
  });
  reply.discard();
  const least = reply.headers.get("oci-chunk-min-length") ?? "";
  return {
    location: locationOf(reply),
    offset: 0,
    leastPiece: /^\d{1,15}$/.test(least) ? Number(least) : 0,
  };
}

async function sendPiece(
  target: UploadTarget,
  { location, offset, leastPiece }: Position,
  blob: Blob,
  upload: BlobUpload,
  signal: AbortSignal,
): Promise<Position> {
  const { session, scopes } = target;
  const length = Math.min(upload.chunkSize ?? blob.size, blob.size - offset);
  const isWhole = length === blob.size;
  let body: SentBody | undefined;
  const freshBody = () => {
    body?.stop();
    body = sentBody(cutOff(upload.open(offset), length), (sent) => upload.onProgress?.(offset + sent));
    return body.stream;
  };
  const stalled = new AbortController();
  const watch = setInterval(() => {
    if (body?.isStalled()) stalled.abort();
  }, 1000);
  try {
    const headers = {
      "Content-Type": "application/octet-stream",
      "Content-Length": String(length),
      // One PATCH of everything carries no range, as Docker sends it; registries know both.
      ...(!isWhole && { "Content-Range": `${offset}-${offset + length - 1}` }),
    };
    const request = { method: "PATCH", scopes, headers, freshBody, timeoutMs: answerTimeoutMs } as const;
    const reply = await session.send(location, request, AbortSignal.any([signal, stalled.signal]));
    if (reply.status < 200 || reply.status >= 300) throw await refused(session, reply);
    reply.discard();
    return { location: locationOf(reply), offset: offset + length, leastPiece };
  } catch (error) {
    if (body?.error !== undefined) throw body.error;
    if (stalled.signal.aborted && !signal.aborted) {
      throw new NotReached(`Patch ${JSON.stringify(location.origin)}: i/o timeout`, error);
    }
    throw error;
  } finally {
    clearInterval(watch);
    body?.stop();
  }
}

async function finish(
  { session, scopes }: UploadTarget,
  { location }: Position,
  { digest }: Blob,
  signal: AbortSignal,
): Promise<void> {
  const url = new URL(location);
  url.searchParams.set("digest", digest);
  const request = { method: "PUT", scopes, timeoutMs: answerTimeoutMs } as const;
  const reply = await session.send(url, request, signal);
  if (reply.status < 200 || reply.status >= 300) throw await refused(session, reply);
  reply.discard();
}

/** Undefined: the upload is not known any more. */
async function whereItStopped(
  { session, scopes }: UploadTarget,
  { location, leastPiece }: Position,
  { size }: Blob,
  signal: AbortSignal,
): Promise<Position | undefined> {
  try {
    const reply = await retrying(session.retries, signal, () => session.send(location, { scopes }, signal));
    reply.discard();
    if (reply.status < 200 || reply.status >= 300) return undefined;
    const range = reply.headers.get("range");
    const end = /^(?:bytes=)?0-(\d{1,15})$/.exec(range ?? "")?.[1];
    // "0-0" is written for nothing at all by some, and for one byte by the specification.
    const offset = end === undefined || end === "0" ? 0 : Number(end) + 1;
    if (end === "0" && size > 0) return undefined;
    return offset > size ? undefined : { location: locationOf(reply, location), offset, leastPiece };
  } catch (error) {
    if (signal.aborted) throw error;
    return undefined;
  }
}

function locationOf(reply: RegistryReply, otherwise?: URL): URL {
  const location = reply.headers.get("location");
  if (location === null && otherwise) return otherwise;
  if (location === null || !URL.canParse(location, reply.url.href)) {
    throw internal("the registry did not say where to upload to");
  }
  const url = new URL(location, reply.url);
  if (!/^https?:$/.test(url.protocol) || (reply.url.protocol === "https:" && url.protocol === "http:")) {
    throw internal(`refusing to upload to ${JSON.stringify(url.origin)}`);
  }
  return url;
}

async function refused(session: RegistrySession, reply: RegistryReply): Promise<RegistryRefusal> {
  const refusal = await refusalOf(reply);
  const message = session.redact(messageOf(refusal));
  return new RegistryRefusal(refusal.status, message, refusal.codes, refusal.retryAfterMs);
}
