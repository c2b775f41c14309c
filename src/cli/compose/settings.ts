import { invalidArgument } from "../../errors/engine-error.ts";
import { parseInteger } from "../flags/numbers.ts";
import type { Session } from "../session.ts";
import { composeGroup, composeGroupFlags } from "./group-flags.ts";

/** How a Compose command shows and bounds what it does: flags of the group, then COMPOSE_* variables. */
export interface ComposeSettings {
  /** Whether lines may be coloured and rewritten; `auto`: where it is a terminal. */
  readonly ansi: "never" | "always" | "auto";
  readonly progress: "auto" | "tty" | "plain" | "json" | "quiet";
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
  /** Progress goes to standard output instead of standard error. */
  readonly statusStdout: boolean;
}

/** `dryRun`: of the command's own `--dry-run`, which may stand on either side of it. */
export function composeSettings(session: Session, dryRun = false): ComposeSettings {
  const group = composeGroup(session);
  const { env } = session;
  const ansi = ansiOf(session);
  return {
    ansi,
    progress: progressOf(group.progress || (env.COMPOSE_PROGRESS ?? ""), ansi),
    parallel: parallelOf(session),
    dryRun: dryRun || group["dry-run"],
    compatibility: group.compatibility || isTrue(env.COMPOSE_COMPATIBILITY),
    allResources: group["all-resources"],
    removeOrphans: isTrue(env.COMPOSE_REMOVE_ORPHANS),
    ignoreOrphans: isTrue(env.COMPOSE_IGNORE_ORPHANS),
    menu: env.COMPOSE_MENU === undefined ? undefined : isTrue(env.COMPOSE_MENU),
    statusStdout: isTrue(env.COMPOSE_STATUS_STDOUT),
  };
}

/** As Docker Compose reads them: words of Go's booleans, and `y`; all else is no. */
export function isTrue(text: string | undefined): boolean {
  return /^\s*(1|t|true|y)\s*$/i.test(text ?? "");
}

function ansiOf(session: Session): ComposeSettings["ansi"] {
  const given = session.group?.given.has("ansi") || session.group?.given.has("no-ansi");
  const { COMPOSE_ANSI } = session.env;
  const word = given ? composeGroup(session).ansi : (COMPOSE_ANSI ?? composeGroupFlags.ansi.initial);
  // NO_COLOR takes the colours alone.
  return word === "always" || word === "never" ? word : "auto";
}

function progressOf(word: string, ansi: ComposeSettings["ansi"]): ComposeSettings["progress"] {
  switch (word) {
    case "":
    case "auto":
      if (ansi === "never") return "plain";
      return ansi === "always" ? "tty" : "auto";
    case "tty":
      if (ansi === "never") throw invalidArgument("can't use --progress tty while ANSI support is disabled");
      return "tty";
    case "plain":
      if (ansi === "always") throw invalidArgument("can't use --progress plain while ANSI support is forced");
      return "plain";
    case "quiet":
    case "none":
      return "quiet";
    case "json":
      return "json";
    default:
      throw invalidArgument(`unsupported --progress value ${JSON.stringify(word)}`);
  }
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
