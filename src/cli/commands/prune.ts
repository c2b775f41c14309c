import type { Terminal } from "../command.ts";
import type { ConfigFile } from "../config/config-file.ts";
import { confirm } from "../confirm.ts";
import type { Filters } from "../flags/filter-flag.ts";
import { humanSize } from "../format/human-size.ts";
import type { PruneWish } from "../prune-plan/plan.ts";
import type { Session } from "../session.ts";
import { isTerminal, standardInput, standardOutput } from "../terminal/tty.ts";

/** What one kind of prune did: what it says, and how much it gave back. */
export interface Pruned {
  readonly text: string;
  readonly bytes: number;
}

/** Says what is about to happen, to a person with sizes, and asks, unless `--force` answers. */
export async function agreed(
  warning: string,
  force: boolean,
  terminal: Terminal,
  session: Session,
  wish: PruneWish,
): Promise<boolean> {
  if (force) return true;
  const sizes = await sizesForPeople(session, wish);
  return await confirm(`${warning}\n${sizes}Are you sure you want to continue?`, terminal);
}

/** Only where somebody sits and reads: elsewhere the words are Docker's, and nobody waits. */
export async function sizesForPeople(session: Session, wish: PruneWish): Promise<string> {
  if (!isTerminal(standardInput) || !isTerminal(standardOutput)) return "";
  const { sizesText } = await import("../prune-plan/dry-run.ts");
  return sizesText(await session.engine(), wish);
}

/** `Deleted Volumes:` and their names; nothing for none. */
export function deletedText(what: string, names: readonly string[]): string {
  return names.length === 0 ? "" : `Deleted ${what}:\n${names.map((name) => `${name}\n`).join("")}\n`;
}

export function reclaimedText(bytes: number): string {
  return `Total reclaimed space: ${humanSize(bytes, 4)}\n`;
}

/** Filters of `pruneFilters` in config.json are added to those given, which win where both name a label. */
export function pruneFilters(given: Filters, { pruneFilters: configured }: ConfigFile): Filters {
  const filters: Record<string, readonly string[]> = { ...given };
  if (!Array.isArray(configured)) return filters;
  for (const text of configured.map(String)) {
    const at = text.indexOf("=");
    if (at < 0) continue;
    const [name, value] = [text.slice(0, at), text.slice(at + 1)];
    const opposite = name === "label" ? "label!" : name === "label!" ? "label" : undefined;
    if (opposite !== undefined && given[opposite]?.includes(value)) continue;
    filters[name] = [...(filters[name] ?? []), value];
  }
  return filters;
}
