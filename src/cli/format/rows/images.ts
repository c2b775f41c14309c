import type { ImageSummary } from "../../../protocol/generated/types.ts";
import { ago } from "../ago.ts";
import { goTime } from "../go-time.ts";
import { humanSize } from "../human-size.ts";
import { shortId } from "../shorten.ts";
import type { ListLayout, Row } from "../table.ts";

/** Go's moment that never was, in seconds since 1970. */
const yearOne = -62_135_596_800;

const none = "<none>";

export function imageLayout(digests: boolean): ListLayout {
  const digest = digests ? "\\t{{.Digest}}" : "";
  return {
    columns: `{{.Repository}}\\t{{.Tag}}${digest}\\t{{.ID}}\\t{{if .CreatedSince }}{{.CreatedSince}}{{else}}N/A{{end}}\\t{{.Size}}`,
    quiet: "{{.ID}}",
    headers: {
      ID: "IMAGE ID",
      Repository: "REPOSITORY",
      Tag: "TAG",
      Digest: "DIGEST",
      CreatedSince: "CREATED",
      CreatedAt: "CREATED AT",
      Size: "SIZE",
      Containers: "CONTAINERS",
      VirtualSize: "SIZE",
      SharedSize: "SHARED SIZE",
      UniqueSize: "UNIQUE SIZE",
    },
    typeName: "*formatter.imageContext",
  };
}

/** A row per tag; with digests one per tag and digest. */
export function imageRows(image: ImageSummary, truncate: boolean, digests: boolean): Row[] {
  const row = (repository: string, tag: string, digest: string): Row => ({
    ...common(image, truncate),
    // The zones of the world take longer to load than all the rest: only who asks pays.
    get CreatedAt() {
      return goTime(image.Created ?? 0);
    },
    Repository: repository,
    Tag: tag,
    Digest: digest,
  });
  const tags = byRepository(image.RepoTags ?? [], ":").filter(([repository]) => repository !== none);
  const known = byRepository(image.RepoDigests ?? [], "@").filter(([repository]) => repository !== none);
  if (tags.length === 0 && known.length === 0) return [row(none, none, none)];
  const tagged = tags.flatMap(([repository, names]) => {
    const own = digests ? (known.find(([name]) => name === repository)?.[1] ?? []) : [];
    return names.flatMap((tag) =>
      (own.length > 0 ? own : [none]).map((digest) => row(repository, tag, digest)),
    );
  });
  const others = known
    .filter(([repository]) => !tags.some(([name]) => name === repository))
    .flatMap(([repository, all]) =>
      digests ? all.map((digest) => row(repository, none, digest)) : [row(repository, none, "")],
    );
  return [...tagged, ...others];
}

function byRepository(names: readonly string[], separator: string): [string, string[]][] {
  const found = new Map<string, string[]>();
  for (const name of names) {
    const at = name.lastIndexOf(separator);
    const repository = name.slice(0, at);
    found.set(repository, [...(found.get(repository) ?? []), name.slice(at + 1)]);
  }
  return [...found];
}

function common(image: ImageSummary, truncate: boolean): Row {
  const created = image.Created ?? 0;
  const size = image.Size ?? 0;
  const shared = image.SharedSize ?? -1;
  const containers = image.Containers ?? -1;
  return {
    ID: truncate ? shortId(image.Id) : image.Id,
    CreatedSince: created <= yearOne ? "" : ago(created),
    Size: humanSize(size),
    Containers: containers === -1 ? "N/A" : String(containers),
    VirtualSize: humanSize(size, 4),
    SharedSize: shared === -1 ? "N/A" : humanSize(shared, 4),
    UniqueSize: shared === -1 ? "N/A" : humanSize(size - shared, 4),
  };
}
