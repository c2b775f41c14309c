import { emptyReply, type Headers, type Reply } from "../../../http/reply.ts";
import type { HttpRequest } from "../../../http/request.ts";
import type { Digest } from "../../../oci/digest.ts";
import { parseChunkRange } from "../byte-range.ts";
import {
  newUploadId,
  parseDigest,
  parseRepositoryName,
  type RepositoryName,
  type UploadId,
  uploadUnknown,
} from "../names.ts";
import { OciError } from "../oci-error.ts";
import { accepted, type RegistryCall, type RegistryContext } from "../registry-call.ts";
import type { DigestAlgorithm, UploadWriter } from "../storage/registry-storage.ts";
import { uploadKey } from "../storage/upload-key.ts";

/*
 * Pushing a blob:
 *
 *     POST  …/blobs/uploads/                  202, Location of the upload
 *     PATCH <location>  bytes                 202, any number of times, in order
 *     PUT   <location>?digest=…  bytes or none   201, the blob is there
 *
 * or in one: POST …/blobs/uploads/?digest=… with the bytes; or none at all:
 * POST …/blobs/uploads/?mount=<digest>&from=<repository>, 202 when there is nothing to mount.
 */

interface UploadsEndpoint {
  readonly name: RepositoryName;
}
interface UploadEndpoint extends UploadsEndpoint {
  readonly id: UploadId;
}

export async function beginUpload(call: RegistryCall, { name }: UploadsEndpoint): Promise<Reply> {
  const { request, context } = call;
  const mount = request.query.get("mount");
  if (mount !== null) {
    const mounted = await mountBlob(context, name, parseDigest(mount), request.query.get("from"));
    if (mounted) return mounted;
  }
  const whole = request.query.get("digest");
  const digest = whole === null ? undefined : parseDigest(whole);
  const algorithm = digest ? algorithmIn(digest) : wantedAlgorithm(request.query.get("digest-algorithm"));
  const id = newUploadId();
  const key = uploadKey(name, id);
  await context.repositories.storage.blobs.createUpload(key, algorithm);
  if (digest === undefined) return accepted(uploadHeaders(name, id, 0));
  try {
    return await finishUpload(call, { name, id }, digest);
  } catch (error) {
    // Nobody learned the place of this upload, so nobody can go on with it.
    await context.uploads.delete(key);
    throw error;
  }
}

async function mountBlob(
  { repositories }: RegistryContext,
  name: RepositoryName,
  digest: Digest,
  from: string | null,
): Promise<Reply | undefined> {
  if (from !== null) {
    const source = repositories.open(parseRepositoryName(from));
    if ((await source.blobSize(digest)) === undefined) return undefined;
    await source.keep(digest);
  }
  return (await repositories.open(name).link(digest)) ? created(name, digest) : undefined;
}

export async function appendUpload(call: RegistryCall, { name, id }: UploadEndpoint): Promise<Reply> {
  const offset = await call.context.uploads.run(uploadKey(name, id), async (writer, superseded) => {
    await receive(call, { name, id }, writer, superseded);
    return writer.offset;
  });
  return accepted(uploadHeaders(name, id, offset));
}

export async function putUpload(call: RegistryCall, endpoint: UploadEndpoint): Promise<Reply> {
  const digest = call.request.query.get("digest");
  if (digest === null) throw new OciError("DIGEST_INVALID", "the digest of the blob is missing");
  return finishUpload(call, endpoint, parseDigest(digest));
}

async function finishUpload(call: RegistryCall, endpoint: UploadEndpoint, digest: Digest): Promise<Reply> {
  const { name, id } = endpoint;
  const repository = call.context.repositories.open(name);
  await call.context.uploads.run(uploadKey(name, id), async (writer, superseded) => {
    await receive(call, endpoint, writer, superseded);
    await repository.link(digest, () => writer.commit(digest));
  });
  return created(name, digest);
}

export async function uploadStatus({ context }: RegistryCall, { name, id }: UploadEndpoint): Promise<Reply> {
  const offset = await context.repositories.storage.blobs.uploadOffset(uploadKey(name, id));
  if (offset === undefined) throw uploadUnknown(id);
  return emptyReply(204, uploadHeaders(name, id, offset));
}

export async function cancelUpload({ context }: RegistryCall, { name, id }: UploadEndpoint): Promise<Reply> {
  if (!(await context.uploads.delete(uploadKey(name, id)))) throw uploadUnknown(id);
  return emptyReply(204);
}

/** Takes the bytes of one request, after a look at what its headers say of them. */
async function receive(
  { request, context }: RegistryCall,
  { name, id }: UploadEndpoint,
  writer: UploadWriter,
  superseded: AbortSignal,
): Promise<void> {
  checkChunk(request, writer.offset, uploadHeaders(name, id, writer.offset));
  const most = context.rules.maxBlobBytes ?? Number.POSITIVE_INFINITY;
  const announced = Number(request.headers.get("content-length") ?? 0);
  if (writer.offset + announced > most) throw tooLarge(most);
  const reader = request.body.getReader();
  const stop = () => void reader.cancel().catch(() => {});
  superseded.addEventListener("abort", stop);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      superseded.throwIfAborted();
      if (done) return;
      if (writer.offset + value.length > most) throw tooLarge(most);
      await writer.write(value);
    }
  } finally {
    superseded.removeEventListener("abort", stop);
  }
}

function checkChunk(request: HttpRequest, offset: number, headers: Headers): void {
  const header = request.headers.get("content-range");
  if (header === undefined) return;
  const range = parseChunkRange(header);
  if (!range) {
    throw new OciError("BLOB_UPLOAD_INVALID", `invalid Content-Range ${JSON.stringify(header)}`);
  }
  if (range.start !== offset) {
    const message = `the chunk begins at ${range.start}, the upload goes on at ${offset}`;
    throw new OciError("BLOB_UPLOAD_INVALID", message, { offset }, { status: 416, headers });
  }
  const length = request.headers.get("content-length");
  if (length !== undefined && Number(length) !== range.end - range.start) {
    throw new OciError("SIZE_INVALID", "Content-Range and Content-Length tell different sizes", {
      range: header,
      length: Number(length),
    });
  }
}

function tooLarge(most: number): OciError {
  const message = `the blob is larger than this registry takes: ${most} bytes`;
  return new OciError("SIZE_INVALID", message, undefined, { status: 413 });
}

function uploadHeaders(name: RepositoryName, id: UploadId, offset: number): Headers {
  return {
    Location: `/v2/${name}/blobs/uploads/${id}`,
    // An empty range cannot be said in this form; everybody writes it so.
    Range: `0-${Math.max(offset - 1, 0)}`,
    "Docker-Upload-UUID": id,
  };
}

function created(name: RepositoryName, digest: Digest): Reply {
  return emptyReply(201, { Location: `/v2/${name}/blobs/${digest}`, "Docker-Content-Digest": digest });
}

function algorithmIn(digest: Digest): DigestAlgorithm {
  return digest.startsWith("sha512:") ? "sha512" : "sha256";
}

function wantedAlgorithm(text: string | null): DigestAlgorithm {
  if (text === null || text === "sha256") return "sha256";
  if (text === "sha512") return "sha512";
  throw new OciError("DIGEST_INVALID", `unsupported digest algorithm ${JSON.stringify(text)}`);
}
