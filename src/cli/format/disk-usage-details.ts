import type { BuildCache, ImageSummary } from "../../protocol/generated/types.ts";
import { exitCode } from "../exit-code.ts";
import { ago } from "./ago.ts";
import { goUtcTime } from "./go-time.ts";
import { humanSize } from "./human-size.ts";
import { ListRow } from "./list-row.ts";
import { containerLayout, containerRow } from "./rows/containers.ts";
import { buildCacheSize, type DiskUsage } from "./rows/disk-usage.ts";
import { imageLayout, imageRows } from "./rows/images.ts";
import { volumeRow } from "./rows/volumes.ts";
import { shortId } from "./shorten.ts";
import { formatList, type ListLayout, type Row } from "./table.ts";
import { template, unescapeFormat } from "./template.ts";

/** `system df -v`: every image, container, volume and cache record with its size. */
export function formatDiskUsageDetails(usage: DiskUsage, format: string): string {
  const rows = detailRows(usage, format === "" || /^table\b/.test(format));
  if (format === "" || format === "table") return tables(usage, rows);
  const custom = format.replace(/^table/, "").trim();
  const text = format === "json" ? "{{json .}}" : format === "raw" ? rawTemplate : custom;
  const layout = template(unescapeFormat(text), { executeError: "", parseExitCode: exitCode.failed });
  return layout.format(rows, "*formatter.diskUsageContext");
}

interface DetailRows {
  readonly Images: readonly Row[];
  readonly Containers: readonly Row[];
  readonly Volumes: readonly Row[];
  readonly BuildCache: readonly Row[];
}

function tables(usage: DiskUsage, rows: DetailRows): string {
  const part = (title: string, layout: ListLayout, some: readonly Row[]) =>
    `${title}:\n\n${formatList(layout, some, {})}`;
  const cacheTitle = `Build cache usage: ${humanSize(buildCacheSize(usage), 4)}`;
  return [
    part("Images space usage", images, rows.Images),
    part("Containers space usage", containers, rows.Containers),
    part("Local Volumes space usage", volumes, rows.Volumes),
    `${cacheTitle}\n\n${formatList(buildCache, rows.BuildCache, {})}`,
  ].join("\n");
}

function detailRows(usage: DiskUsage, truncate: boolean): DetailRows {
  return {
    Images: (usage.Images ?? []).map((one) => new ListRow(imageRow(one, truncate))),
    // The size of the image is not the container's.
    Containers: (usage.Containers ?? []).map(
      (one) => new ListRow(containerRow({ ...one, SizeRootFs: 0 }, truncate)),
    ),
    Volumes: (usage.Volumes ?? []).map((one) => new ListRow(volumeRow(one))),
    BuildCache: (usage.BuildCache ?? [])
      .toSorted(byLastUse)
      .map((one) => new ListRow(cacheRow(one, truncate))),
  };
}

/** One row an image, with the first of its tags. */
function imageRow(image: ImageSummary, truncate: boolean): Row {
  const first = (image.RepoTags ?? []).slice(0, 1);
  const [row = {}] = imageRows({ ...image, RepoTags: first, RepoDigests: [] }, truncate, false);
  return { ...row, Digest: "" };
}

function cacheRow(record: BuildCache, truncate: boolean): Row {
  const cut = (id: string) => (truncate ? shortId(id) : id);
  const since = (text: string | null | undefined) => (text ? ago(Date.parse(text) / 1000) : "");
  return {
    ID: cut(record.ID ?? "") + (record.InUse ? "*" : ""),
    Parent: cut((record.Parents ?? []).join(", ")),
    CacheType: record.Type ?? "",
    Description: record.Description ?? "",
    Size: humanSize(record.Size ?? 0),
    CreatedAt: goUtcTime(record.CreatedAt ?? ""),
    CreatedSince: since(record.CreatedAt),
    LastUsedAt: goUtcTime(record.LastUsedAt ?? ""),
    LastUsedSince: since(record.LastUsedAt),
    UsageCount: String(record.UsageCount ?? 0),
    InUse: String(record.InUse ?? false),
    Shared: String(record.Shared ?? false),
  };
}

function byLastUse(a: BuildCache, b: BuildCache): number {
  const time = ({ LastUsedAt: text }: BuildCache) => (text ? Date.parse(text) : Number.NEGATIVE_INFINITY);
  if (time(a) !== time(b)) return time(a) < time(b) ? -1 : 1;
  return (a.ID ?? "") < (b.ID ?? "") ? -1 : 1;
}

const images: ListLayout = {
  ...imageLayout(false),
  columns:
    "{{.Repository}}\\t{{.Tag}}\\t{{.ID}}\\t{{.CreatedSince}}\\t{{.Size}}\\t{{.SharedSize}}\\t{{.UniqueSize}}\\t{{.Containers}}",
};

const containers: ListLayout = {
  ...containerLayout(false),
  columns:
    "{{.ID}}\\t{{.Image}}\\t{{.Command}}\\t{{.LocalVolumes}}\\t{{.Size}}\\t{{.RunningFor}}\\t{{.Status}}\\t{{.Names}}",
};

const volumes: ListLayout = {
  columns: "{{.Name}}\\t{{.Links}}\\t{{.Size}}",
  headers: { Name: "VOLUME NAME", Links: "LINKS", Size: "SIZE" },
};

const buildCache: ListLayout = {
  columns:
    "{{.ID}}\\t{{.CacheType}}\\t{{.Size}}\\t{{.CreatedSince}}\\t{{.LastUsedSince}}\\t{{.UsageCount}}\\t{{.Shared}}",
  headers: {
    ID: "CACHE ID",
    CacheType: "CACHE TYPE",
    Size: "SIZE",
    CreatedSince: "CREATED",
    LastUsedSince: "LAST USED",
    UsageCount: "USAGE",
    Shared: "SHARED",
  },
};

const rawTemplate = `{{range .Images}}type: Image
repository: {{ .Repository }}
tag: {{.Tag}}
digest: {{.Digest}}
image_id: {{.ID}}
created_at: {{.CreatedAt}}
virtual_size: {{.Size}}

{{end -}}
{{range .Containers}}type: Container
${containerLayout(true).raw?.full ?? ""}
{{end -}}
{{range .Volumes}}type: Volume
name: {{.Name}}
driver: {{.Driver}}

{{end -}}
{{range .BuildCache}}type: Build Cache
build_cache_id: {{.ID}}
parent_id: {{.Parent}}
build_cache_type: {{.CacheType}}
description: {{.Description}}
created_at: {{.CreatedAt}}
created_since: {{.CreatedSince}}
last_used_at: {{.LastUsedAt}}
last_used_since: {{.LastUsedSince}}
usage_count: {{.UsageCount}}
in_use: {{.InUse}}
shared: {{.Shared}}

{{end -}}`;
