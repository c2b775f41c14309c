import type { ResultOf } from "../../../client/engine-client.ts";
import type { ContainerSummary } from "../../../protocol/generated/types.ts";
import { humanSize } from "../human-size.ts";
import type { ListLayout, Row } from "../table.ts";

export type DiskUsage = ResultOf<"SystemDataUsage">;

export const diskUsageLayout: ListLayout = {
  columns: "{{.Type}}\\t{{.TotalCount}}\\t{{.Active}}\\t{{.Size}}\\t{{.Reclaimable}}",
  headers: {
    Type: "TYPE",
    TotalCount: "TOTAL",
    Active: "ACTIVE",
    Size: "SIZE",
    Reclaimable: "RECLAIMABLE",
  },
  typeName: "*formatter.diskUsageImagesContext",
  raw: {
    full: "type: {{.Type}}\\ntotal: {{.TotalCount}}\\nactive: {{.Active}}\\nsize: {{.Size}}\\nreclaimable: {{.Reclaimable}}\\n",
    quiet: "",
  },
};

/** What each kind takes, and how much of it nothing uses. */
export function diskUsageRows(usage: DiskUsage): Row[] {
  return [imagesRow(usage), containersRow(usage), volumesRow(usage), buildCacheRow(usage)];
}

interface Sum {
  readonly total: number;
  readonly active: number;
  readonly size: number;
  readonly reclaimable: number;
}

function row(type: string, { total, active, size, reclaimable }: Sum, percent = size > 0): Row {
  const share = percent ? ` (${Math.trunc((reclaimable * 100) / size)}%)` : "";
  return {
    Type: type,
    TotalCount: String(total),
    Active: String(active),
    Size: humanSize(size, 4),
    Reclaimable: humanSize(reclaimable, 4) + share,
  };
}

/** Layers that several images share count once, and are never counted as in use. */
function imagesRow({ Images: images, LayersSize: layers }: DiskUsage): Row {
  const all = images ?? [];
  const size = layers ?? 0;
  const used = all
    .filter((one) => one.Containers !== 0 && one.Size !== -1 && one.SharedSize !== -1)
    .reduce((sum, one) => sum + one.Size - one.SharedSize, 0);
  const active = all.filter(({ Containers: containers }) => containers > 0).length;
  return row("Images", { total: all.length, active, size, reclaimable: size - used });
}

function containersRow({ Containers: containers }: DiskUsage): Row {
  const all = containers ?? [];
  const isActive = ({ State: state }: ContainerSummary) =>
    state === "running" || state === "paused" || state === "restarting";
  const size = (some: readonly ContainerSummary[]) => some.reduce((sum, one) => sum + (one.SizeRw ?? 0), 0);
  return row("Containers", {
    total: all.length,
    active: all.filter(isActive).length,
    size: size(all),
    reclaimable: size(all.filter((one) => !isActive(one))),
  });
}

function volumesRow({ Volumes: volumes }: DiskUsage): Row {
  const all = (volumes ?? []).map(({ UsageData: data }) => data ?? { Size: -1, RefCount: -1 });
  const known = all.filter(({ Size: size }) => size !== -1);
  const size = (some: typeof all) => some.reduce((sum, one) => sum + one.Size, 0);
  return row("Local Volumes", {
    total: all.length,
    active: all.filter(({ RefCount: count }) => count > 0).length,
    size: size(known),
    reclaimable: size(known.filter(({ RefCount: count }) => count === 0)),
  });
}

function buildCacheRow(usage: DiskUsage): Row {
  const all = usage.BuildCache ?? [];
  const size = buildCacheSize(usage);
  const used = all
    .filter((one) => one.InUse && !one.Shared)
    .reduce((sum, { Size: bytes }) => sum + (bytes ?? 0), 0);
  const active = all.filter(({ InUse: inUse }) => inUse).length;
  return row("Build Cache", { total: all.length, active, size, reclaimable: size - used }, false);
}

/** What is shared belongs to images. */
export function buildCacheSize({ BuildCache: records }: DiskUsage): number {
  return (records ?? [])
    .filter(({ Shared: shared }) => !shared)
    .reduce((sum, { Size: size }) => sum + (size ?? 0), 0);
}
