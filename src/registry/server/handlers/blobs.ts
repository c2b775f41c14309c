import { emptyReply, type Headers, type Reply, sizedReply } from "../../../http/reply.ts";
import type { Digest } from "../../../oci/digest.ts";
import { parseByteRange } from "../byte-range.ts";
import type { RepositoryName } from "../names.ts";
import { OciError } from "../oci-error.ts";
import { accepted, headReply, type RegistryCall } from "../registry-call.ts";

interface BlobEndpoint {
  readonly name: RepositoryName;
  readonly digest: Digest;
}

export async function getBlob({ request, context }: RegistryCall, endpoint: BlobEndpoint): Promise<Reply> {
  const { name, digest } = endpoint;
  const isHead = request.method === "HEAD";
  const content = await context.source.blob(
    context.repositories.open(name),
    digest,
    isHead ? "look" : "read",
  );
  if (!content) throw blobUnknown(digest);
  // Who only looks is about to push something that builds on it.
  if (isHead && !context.rules.readOnly) await context.repositories.open(name).keep(digest);
  const { size } = content;
  const headers: Headers = {
    "Content-Type": "application/octet-stream",
    "Docker-Content-Digest": digest,
    ETag: `"${digest}"`,
    "Accept-Ranges": "bytes",
    "Cache-Control": "max-age=31536000, immutable",
  };
  if (request.headers.get("if-none-match") === headers.ETag) return emptyReply(304, headers);
  if (isHead) return headReply(size, headers);
  const given = request.headers.get("if-range");
  const wanted = given === undefined || given === headers.ETag ? request.headers.get("range") : undefined;
  const range = parseByteRange(wanted, size);
  if (range === undefined) return sizedReply(200, size, content.read(0, size), headers);
  if (range === "unsatisfiable") {
    throw new OciError(
      "RANGE_INVALID",
      "the requested range is not in the blob",
      { range: wanted, size },
      {
        headers: { "Content-Range": `bytes */${size}` },
      },
    );
  }
  const { start, end } = range;
  return sizedReply(206, end - start, content.read(start, end), {
    ...headers,
    "Content-Range": `bytes ${start}-${end - 1}/${size}`,
  });
}

/** The repository shows it no more; the bytes go with the next collection of garbage, if nobody else needs them. */
export async function deleteBlob({ context }: RegistryCall, { name, digest }: BlobEndpoint): Promise<Reply> {
  if (!(await context.repositories.open(name).unlink(digest))) throw blobUnknown(digest);
  return accepted({ "Docker-Content-Digest": digest });
}

function blobUnknown(digest: Digest): OciError {
  return new OciError("BLOB_UNKNOWN", "blob unknown to registry", { digest });
}
