import { isKind } from "../../../errors/engine-error.ts";
import { emptyReply, type Headers, type Reply } from "../../../http/reply.ts";
import type { HttpRequest } from "../../../http/request.ts";
import type { Digest } from "../../../oci/digest.ts";
import { type ManifestContent, parseManifestContent } from "../manifest-content.ts";
import { parseTag, type RepositoryName, type Tag } from "../names.ts";
import { accepts, imageForOldClients } from "../negotiation.ts";
import { OciError } from "../oci-error.ts";
import { accepted, headReply, type RegistryCall } from "../registry-call.ts";
import type { Repository, StoredManifest } from "../repository.ts";

interface TagEndpoint {
  readonly name: RepositoryName;
  readonly tag: Tag;
}
interface ManifestEndpoint {
  readonly name: RepositoryName;
  readonly digest: Digest;
}

export async function getTag(call: RegistryCall, { name, tag }: TagEndpoint): Promise<Reply> {
  const { source } = call.context;
  const repository = call.context.repositories.open(name);
  const digest = await source.resolve(repository, tag);
  const stored = digest && (await source.manifest(repository, digest));
  if (!stored) throw await manifestUnknown(repository, { tag });
  const header = call.request.headers.get("accept");
  if (accepts(header, stored.mediaType)) return manifestReply(call.request, stored);
  const substitute = imageForOldClients(stored);
  const image = substitute && (await source.manifest(repository, substitute));
  if (image && accepts(header, image.mediaType)) return manifestReply(call.request, image);
  const message = `the manifest is of type ${stored.mediaType}, which the Accept header does not name`;
  throw new OciError("MANIFEST_UNKNOWN", message, { tag });
}

/** A digest names exact bytes: they are given out whatever their type. */
export async function getManifest(call: RegistryCall, { name, digest }: ManifestEndpoint): Promise<Reply> {
  const repository = call.context.repositories.open(name);
  const stored = await call.context.source.manifest(repository, digest);
  if (!stored) throw await manifestUnknown(repository, { digest });
  return manifestReply(call.request, stored);
}

function manifestReply(request: HttpRequest, { digest, mediaType, bytes }: StoredManifest): Reply {
  const headers: Headers = {
    "Content-Type": mediaType,
    "Docker-Content-Digest": digest,
    ETag: `"${digest}"`,
    Vary: "Accept",
  };
  if (request.headers.get("if-none-match") === headers.ETag) return emptyReply(304, headers);
  if (request.method === "HEAD") return headReply(bytes.length, headers);
  return { kind: "full", status: 200, headers, body: bytes };
}

export async function putTag(call: RegistryCall, { name, tag }: TagEndpoint): Promise<Reply> {
  const bytes = await manifestBytes(call);
  return putManifestBytes(call, name, { bytes, digest: digestFor("sha256", bytes), tags: [tag] });
}

/** More tags in one request than anybody needs. */
const mostTags = 100;

export async function putManifest(call: RegistryCall, { name, digest }: ManifestEndpoint): Promise<Reply> {
  const tags = call.request.query.getAll("tag").map(parseTag);
  if (tags.length > mostTags) {
    throw new OciError("TAG_INVALID", `more than ${mostTags} tags`, undefined, { status: 414 });
  }
  const bytes = await manifestBytes(call);
  const found = digestFor(digest.startsWith("sha512:") ? "sha512" : "sha256", bytes);
  if (found !== digest) {
    throw new OciError("DIGEST_INVALID", "provided digest did not match uploaded content", {
      digest,
      content: found,
    });
  }
  return putManifestBytes(call, name, { bytes, digest, tags });
}

async function putManifestBytes(
  { request, context }: RegistryCall,
  name: RepositoryName,
  { bytes, digest, tags }: { bytes: Uint8Array; digest: Digest; tags: readonly Tag[] },
): Promise<Reply> {
  const content = parseManifestContent(bytes, request.headers.get("content-type"));
  const repository = context.repositories.open(name);
  await repository.locked(async () => {
    await checkReferences(repository, content, context.rules.sparseIndexes);
    await storeManifest(repository, { digest, bytes, mediaType: content.mediaType }, content);
    for (const tag of tags) await repository.setTag(tag, digest);
  });
  return emptyReply(201, {
    Location: `/v2/${name}/manifests/${digest}`,
    "Docker-Content-Digest": digest,
    ...(content.subject && { "OCI-Subject": content.subject }),
    ...(tags.length > 0 && { "OCI-Tag": tags.join(", ") }),
  });
}

/** The manifest before its entry among the referrers: an entry must never lead nowhere. */
export async function storeManifest(
  repository: Repository,
  stored: StoredManifest,
  { subject, artifactType, annotations }: ManifestContent,
): Promise<void> {
  await repository.putManifest(stored);
  if (!subject) return;
  await repository.addReferrer(subject, {
    mediaType: stored.mediaType,
    digest: stored.digest,
    size: stored.bytes.length,
    ...(artifactType !== undefined && { artifactType }),
    ...(annotations && { annotations }),
  });
}

async function checkReferences(
  repository: Repository,
  { blobs, manifests }: ManifestContent,
  sparseIndexes: boolean,
): Promise<void> {
  const missing: Digest[] = [];
  for (const blob of blobs) {
    if ((await repository.blobSize(blob)) === undefined) missing.push(blob);
    else await repository.keep(blob);
  }
  for (const manifest of sparseIndexes ? [] : manifests)
    if (!(await repository.hasManifest(manifest))) missing.push(manifest);
  if (missing.length === 0) return;
  const what = blobs.length > 0 ? "blob" : "manifest";
  const message = `manifest blob unknown to registry: ${what} ${missing[0]} is not in repository ${JSON.stringify(repository.name)}`;
  throw new OciError("MANIFEST_BLOB_UNKNOWN", message, { digests: missing });
}

export async function deleteTag({ context }: RegistryCall, { name, tag }: TagEndpoint): Promise<Reply> {
  const repository = context.repositories.open(name);
  if (!(await repository.deleteTag(tag))) throw await manifestUnknown(repository, { tag });
  return accepted();
}

export async function deleteManifest(call: RegistryCall, { name, digest }: ManifestEndpoint): Promise<Reply> {
  const repository = call.context.repositories.open(name);
  await repository.locked(async () => {
    if (!(await removeManifest(repository, digest))) throw await manifestUnknown(repository, { digest });
  });
  return accepted({ "Docker-Content-Digest": digest });
}

/** With the tags that point at it and its entry among the referrers. False: it was not there. */
export async function removeManifest(repository: Repository, digest: Digest): Promise<boolean> {
  const stored = await repository.manifest(digest);
  if (!stored) return false;
  for await (const tag of repository.tags()) {
    if ((await repository.tag(tag)) === digest) await repository.deleteTag(tag);
  }
  const { subject } = parseManifestContent(stored.bytes, stored.mediaType);
  if (subject) await repository.removeReferrer(subject, digest);
  return repository.deleteManifest(digest);
}

async function manifestBytes({ request, context }: RegistryCall): Promise<Uint8Array> {
  const most = context.rules.maxManifestBytes;
  const refusal = new OciError("MANIFEST_INVALID", `the manifest is larger than ${most} bytes`, undefined, {
    status: 413,
  });
  if (Number(request.headers.get("content-length") ?? 0) > most) throw refusal;
  try {
    return await request.bytes(most);
  } catch (error) {
    throw isKind(error, "invalid_argument") ? refusal : error;
  }
}

function digestFor(algorithm: "sha256" | "sha512", bytes: Uint8Array): Digest {
  return `${algorithm}:${new Bun.CryptoHasher(algorithm).update(bytes).digest("hex")}` as Digest;
}

async function manifestUnknown(repository: Repository, detail: object): Promise<OciError> {
  if (await repository.exists) return new OciError("MANIFEST_UNKNOWN", "manifest unknown", detail);
  return new OciError("NAME_UNKNOWN", "repository name not known to registry", { name: repository.name });
}
