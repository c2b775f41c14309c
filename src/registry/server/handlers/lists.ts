import { type Headers, jsonReply, type Reply } from "../../../http/reply.ts";
import { type Digest, isDigest } from "../../../oci/digest.ts";
import { mediaTypes } from "../../../oci/manifest.ts";
import type { RepositoryName } from "../names.ts";
import { OciError } from "../oci-error.ts";
import type { RegistryCall } from "../registry-call.ts";
import type { Referrer } from "../repository.ts";

export async function listTags(call: RegistryCall, { name }: { name: RepositoryName }): Promise<Reply> {
  const { n, last } = pageOf(call);
  const tags = await call.context.source.tags(call.context.repositories.open(name), last);
  if (!tags) throw new OciError("NAME_UNKNOWN", "repository name not known to registry", { name });
  const page = await take(tags, n);
  return jsonReply(200, { name, tags: page.items }, linkHeader(`/v2/${name}/tags/list`, n, page));
}

/** As many repositories as one answer holds when the client does not say. */
const catalogPage = 1000;

export async function listCatalog(call: RegistryCall): Promise<Reply> {
  const { n = catalogPage, last } = pageOf(call);
  const names = (await call.context.repositories.names()).filter((name) => name > last);
  const page = await take(names, n);
  return jsonReply(200, { repositories: page.items }, linkHeader("/v2/_catalog", n, page));
}

/** An answer must fit into what clients take for a manifest. */
const referrersPage = { entries: 1000, bytes: 3 * 1024 * 1024 };

export async function listReferrers(
  call: RegistryCall,
  { name, digest }: { name: RepositoryName; digest: Digest },
): Promise<Reply> {
  const { request, context } = call;
  if (!context.source.knowsReferrers) {
    const message = "this registry does not know all referrers: use the referrers tag";
    throw new OciError("UNSUPPORTED", message, undefined, { status: 404 });
  }
  const { n = referrersPage.entries, last } = pageOf(call);
  const wanted = request.query.get("artifactType");
  const manifests: Referrer[] = [];
  let bytes = 0;
  let more = false;
  const all = context.repositories.open(name).referrers(digest, isDigest(last) ? last : undefined);
  for await (const referrer of all) {
    if (wanted !== null && referrer.artifactType !== wanted) continue;
    bytes += JSON.stringify(referrer).length;
    more = manifests.length >= n || (bytes > referrersPage.bytes && manifests.length > 0);
    if (more) break;
    manifests.push(referrer);
  }
  const link = manifests.at(-1);
  const query = new URLSearchParams({ ...(wanted !== null && { artifactType: wanted }), n: String(n) });
  return jsonReply(
    200,
    { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests },
    {
      "Content-Type": mediaTypes.ociIndex,
      ...(wanted !== null && { "OCI-Filters-Applied": "artifactType" }),
      ...(more &&
        link && { Link: `</v2/${name}/referrers/${digest}?${query}&last=${link.digest}>; rel="next"` }),
    },
  );
}

interface Page {
  readonly items: readonly string[];
  readonly more: boolean;
}

/** `n` entries, and whether there are more. */
async function take(
  source: AsyncIterable<string> | Iterable<string>,
  n = Number.POSITIVE_INFINITY,
): Promise<Page> {
  const items: string[] = [];
  if (n === 0) return { items, more: false };
  for await (const item of source) {
    if (items.length === n) return { items, more: true };
    items.push(item);
  }
  return { items, more: false };
}

function linkHeader(path: string, n: number | undefined, { items, more }: Page): Headers {
  const last = items.at(-1);
  if (!more || last === undefined) return {};
  return { Link: `<${path}?${new URLSearchParams({ n: String(n), last })}>; rel="next"` };
}

function pageOf({ request }: RegistryCall): { n?: number; last: string } {
  const last = request.query.get("last") ?? "";
  const n = request.query.get("n");
  if (n === null || n === "") return { last };
  if (!/^\d{1,9}$/.test(n)) {
    throw new OciError("PAGINATION_NUMBER_INVALID", "invalid number of results requested", { n });
  }
  return { n: Number(n), last };
}
