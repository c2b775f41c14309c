import type { Usage } from "./sample.ts";

/** One container as the screen knows it. */
export interface TopRow {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly state: string;
  /** `healthy`, `unhealthy`, `starting`, or empty. */
  readonly health: string;
  readonly restarts: number;
  /** Milliseconds since 1970; undefined for what does not run. */
  readonly startedAt: number | undefined;
  readonly ports: string;
  readonly usage: Usage | undefined;
}

export const sortKeys = [
  "cpu",
  "memory",
  "name",
  "network",
  "disk",
  "pids",
  "uptime",
  "restarts",
  "state",
] as const;
export type SortKey = (typeof sortKeys)[number];

export interface Selection {
  readonly sort: SortKey;
  readonly reverse: boolean;
  /** Part of name, image, state, health or id, in any case. */
  readonly filter: string;
  /** Those that do not run as well. */
  readonly all: boolean;
}

/** What is shown, in order. Equal ones stay in the order of their names, so that nothing jumps. */
export function selectRows(rows: readonly TopRow[], { sort, reverse, filter, all }: Selection): TopRow[] {
  const words = filter.toLowerCase();
  const shown = rows.filter(
    (row) =>
      (all || isLive(row)) &&
      (words === "" ||
        `${row.name} ${row.image} ${row.state} ${row.health} ${row.id}`.toLowerCase().includes(words)),
  );
  const direction = reverse ? -1 : 1;
  return shown.sort((a, b) => direction * compare(a, b, sort) || byName(a, b));
}

export function isLive({ state }: Pick<TopRow, "state">): boolean {
  return state === "running" || state === "paused" || state === "restarting";
}

const byName = (a: TopRow, b: TopRow) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/** The largest first, names from the beginning. */
function compare(a: TopRow, b: TopRow, key: SortKey): number {
  if (key === "name") return byName(a, b);
  if (key === "state")
    return (
      (a.state + a.health < b.state + b.health ? -1 : 1) * (a.state + a.health === b.state + b.health ? 0 : 1)
    );
  return weight(b, key) - weight(a, key);
}

function weight({ usage, restarts, startedAt }: TopRow, key: Exclude<SortKey, "name" | "state">): number {
  const sum = (one: number | undefined, other: number | undefined) => (one ?? -1) + (other ?? 0);
  switch (key) {
    case "cpu":
      // Below what is shown, differences are noise that makes rows jump.
      return Math.round((usage?.cpu ?? -1) * 10);
    case "memory":
      return usage?.memory ?? -1;
    case "network":
      return sum(usage?.received, usage?.sent);
    case "disk":
      return sum(usage?.read, usage?.written);
    case "pids":
      return usage?.pids ?? -1;
    case "uptime":
      return startedAt === undefined ? Number.NEGATIVE_INFINITY : -startedAt;
    case "restarts":
      return restarts;
  }
  return key satisfies never;
}
