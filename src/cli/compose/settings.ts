import { invalidArgument } from "../../errors/engine-error.ts";
import { parseInteger } from "../flags/numbers.ts";
import type { Session } from "../session.ts";
import { composeGroup } from "./group-flags.ts";

/** What a Compose command is bounded by: flags of the group, then COMPOSE_* variables. How it shows: `progress/`. */
export interface ComposeSettings {
  /** Things done at the same time; Infinity: no limit. */
  readonly parallel: number;
  /** Show what would be done, and change nothing. */
  readonly dryRun: boolean;
  /** Names with `_` between their parts, as docker-compose 1 made them. */
  readonly compatibility: boolean;
  /** Networks and volumes no service uses are part of it too. */
  readonly allResources: boolean;
  readonly removeOrphans: boolean;
  readonly ignoreOrphans: boolean;
  /** COMPOSE_MENU; undefined: where there is a terminal. */
  readonly menu: boolean | undefined;
}

/** `dryRun`: of the command's own `--dry-run`, which may stand on either side of it. */
export function composeSettings(session: Session, dryRun = false): ComposeSettings {
  const group = composeGroup(session);
  const { env } = session;
  return {
    parallel: parallelOf(session),
    dryRun: dryRun || group["dry-run"],
    compatibility: group.compatibility || isTrue(env.COMPOSE_COMPATIBILITY),
    allResources: group["all-resources"],
    removeOrphans: isTrue(env.COMPOSE_REMOVE_ORPHANS),
    ignoreOrphans: isTrue(env.COMPOSE_IGNORE_ORPHANS),
    menu: env.COMPOSE_MENU === undefined ? undefined : isTrue(env.COMPOSE_MENU),
  };
}

/** As Docker Compose reads them: words of Go's booleans, and `y`; all else is no. */
export function isTrue(text: string | undefined): boolean {
  return /^\s*(1|t|true|y)\s*$/i.test(text ?? "");
}

/** Zero and less: no limit. */
function parallelOf(session: Session): number {
  const limit = session.env.COMPOSE_PARALLEL_LIMIT;
  const given = session.group?.given.has("parallel");
  let parallel = composeGroup(session).parallel;
  if (limit !== undefined && !given) {
    try {
      parallel = parseInteger(limit);
    } catch {
      throw invalidArgument(`COMPOSE_PARALLEL_LIMIT must be an integer (found: ${JSON.stringify(limit)})`);
    }
  }
  return parallel > 0 ? parallel : Number.POSITIVE_INFINITY;
}
