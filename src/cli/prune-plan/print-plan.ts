import { goJson } from "../format/go-json.ts";
import { humanSize } from "../format/human-size.ts";
import { shortId } from "../format/shorten.ts";
import { alignColumns } from "../format/table.ts";
import type { PlannedItem, PrunePlan } from "./plan.ts";

const kinds = [
  ["containers", "Containers"],
  ["networks", "Networks"],
  ["volumes", "Volumes"],
  ["images", "Images"],
  ["cache", "Build cache"],
] as const;

/** What would go, for people. */
export function planText(plan: PrunePlan): string {
  const parts = kinds.flatMap(([kind, title]) => {
    const items = plan[kind];
    return items.length === 0 ? [] : [`${title} that would go:\n${alignColumns(items.map(line))}`];
  });
  if (parts.length === 0) return "Nothing would go.\n";
  return `${parts.join("\n")}\nTotal space that would be reclaimed: ${humanSize(plan.total, 4)}\nNothing was removed.\n`;
}

const counted = {
  containers: ["container", "containers"],
  networks: ["network", "networks"],
  volumes: ["volume", "volumes"],
  images: ["image", "images"],
  cache: ["build cache object", "build cache objects"],
} as const;

/** The same in one line: `That is 2 containers (1.2MB), 1 network: 1.2MB in all.` */
export function planSummary(plan: PrunePlan): string {
  const parts = kinds.flatMap(([kind]) => {
    const items = plan[kind];
    if (items.length === 0) return [];
    const bytes =
      kind === "images" ? plan.imageBytes : items.reduce((sum, { size }) => sum + Math.max(0, size ?? 0), 0);
    const sized = kind === "networks" ? "" : ` (${humanSize(bytes, 4)})`;
    return [`${items.length} ${counted[kind][items.length === 1 ? 0 : 1]}${sized}`];
  });
  if (parts.length === 0) return "Nothing would go.\n";
  return `That is ${parts.join(", ")}: ${humanSize(plan.total, 4)} in all.\n`;
}

function line({ name, id, size }: PlannedItem): string {
  const cells = id === name ? [name] : [shortId(id), name];
  return `  ${[...cells, size === undefined ? "" : humanSize(size, 4)].join("\t")}`.trimEnd();
}

export function planJson(plan: PrunePlan): string {
  const items = (all: readonly PlannedItem[]) =>
    all.map(({ name, id, size }) => ({ Id: id, Name: name, Size: size ?? 0 }));
  return `${goJson({
    Containers: items(plan.containers),
    Networks: items(plan.networks),
    Volumes: items(plan.volumes),
    Images: items(plan.images),
    BuildCache: items(plan.cache),
    SpaceReclaimed: plan.total,
  })}\n`;
}
