import type { CachePolicy, CacheUsage } from "./build-cache.ts";

/**
 * Which entries go, in the order to remove them: those longest unused first, and nothing while
 * another that stays stands on it. Without sizes in the policy all that match go.
 */
export function choosePruned(
  entries: readonly CacheUsage[],
  policy: CachePolicy,
  matches: (entry: CacheUsage) => boolean,
  freeSpace: number,
): CacheUsage[] {
  const left = new Map(entries.map((entry) => [entry.id, entry]));
  let total = entries.reduce((sum, { size, shared }) => sum + (shared ? 0 : size), 0);
  const keep = bytesToKeep(policy, total, freeSpace);
  const mayGo = (entry: CacheUsage) =>
    !entry.inUse && (policy.all || (!entry.shared && entry.type !== "internal")) && matches(entry);
  const candidates = entries
    .filter(mayGo)
    .sort((a, b) => lastUse(a) - lastUse(b) || a.usageCount - b.usageCount);
  const gone: CacheUsage[] = [];
  for (let removed = true; removed; ) {
    removed = false;
    const stoodOn = new Set([...left.values()].flatMap(({ parents }) => parents));
    for (const entry of candidates) {
      if (!left.has(entry.id) || stoodOn.has(entry.id)) continue;
      if (keep !== undefined && total <= keep) return gone;
      left.delete(entry.id);
      gone.push(entry);
      if (!entry.shared) total -= entry.size;
      removed = true;
      // What it stood on may be older than the next candidate.
      break;
    }
  }
  return gone;
}

const lastUse = ({ lastUsedAt, createdAt }: CacheUsage): number => Date.parse(lastUsedAt ?? createdAt);

/** Undefined: no size is asked for, all that match go. */
function bytesToKeep(policy: CachePolicy, total: number, freeSpace: number): number | undefined {
  const { reservedSpace, maxUsedSpace, minFreeSpace } = policy;
  if (reservedSpace === 0 && maxUsedSpace === 0 && minFreeSpace === 0) return undefined;
  const missing = Math.max(0, minFreeSpace - freeSpace);
  // With a reserve alone, the reserve is what is kept.
  const allowed = maxUsedSpace > 0 ? maxUsedSpace : minFreeSpace > 0 ? Number.POSITIVE_INFINITY : 0;
  return Math.max(reservedSpace, missing > 0 ? Math.min(allowed, total - missing) : allowed);
}
