import type { CacheUsage } from "../../engine/services/builds.ts";
import type { BuildCache } from "../../protocol/generated/types.ts";
import { type ApiVersion, atLeast } from "../../protocol/versions.ts";

export function wireBuildCache(entry: CacheUsage, version: ApiVersion): BuildCache & { Parent?: string } {
  const { parents } = entry;
  return {
    ID: entry.id,
    ...(atLeast(version, "1.42")
      ? { Parents: parents.length > 0 ? [...parents] : null }
      : { Parent: parents[0] ?? "" }),
    Type: entry.type,
    Description: entry.description,
    InUse: entry.inUse,
    Shared: entry.shared,
    Size: entry.size,
    CreatedAt: entry.createdAt,
    LastUsedAt: entry.lastUsedAt ?? null,
    UsageCount: entry.usageCount,
  };
}
