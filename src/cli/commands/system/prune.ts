import type { EngineClient } from "../../../client/engine-client.ts";
import { invalidArgument, isKind } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { type Filters, filterFlag, filtersQuery } from "../../flags/filter-flag.ts";
import { booleanFlag, stringFlag } from "../../flags/flag.ts";
import { pruneContainers } from "../container/prune.ts";
import { pruneImages } from "../image/prune.ts";
import { pruneNetworks } from "../network/prune.ts";
import { agreed, deletedText, type Pruned, pruneFilters, reclaimedText } from "../prune.ts";
import { pruneVolumes } from "../volume/prune.ts";

const flags = {
  all: booleanFlag("Remove all unused images not just dangling ones", { short: "a" }),
  "dry-run": booleanFlag("Only say what would go, and how large it is"),
  filter: filterFlag('Provide filter values (e.g. "label=<key>=<value>")'),
  force: booleanFlag("Do not prompt for confirmation", { short: "f" }),
  format: stringFlag("With --dry-run: 'text' or 'json'", { initial: "text" }),
  volumes: booleanFlag("Prune anonymous volumes"),
};

export const pruneSystemCommand = command({
  usage: "system prune [OPTIONS]",
  flags,
  arguments: [0, 0],
  async run({ values: { all, filter, force, format, volumes, ...values } }, terminal, session) {
    const filters = pruneFilters(filter, await session.config());
    if (volumes && filters.until) {
      throw invalidArgument('ERROR: The "until" filter is not supported with "--volumes"');
    }
    const wish = { all, volumes, filters };
    if (values["dry-run"]) {
      const { dryRun } = await import("../../prune-plan/dry-run.ts");
      terminal.out(await dryRun(await session.engine(), wish, format));
      return exitCode.ok;
    }
    if (!(await agreed(warning(wish), force, terminal, session, wish))) return exitCode.ok;
    const engine = await session.engine();
    const steps: (() => Promise<Pruned>)[] = [
      () => pruneContainers(engine, filters),
      () => pruneNetworks(engine, filters),
      ...(volumes ? [() => pruneVolumes(engine, filters)] : []),
      () => pruneImages(engine, all, filters),
      () => pruneBuildCache(engine, all, filters),
    ];
    let bytes = 0;
    for (const step of steps) {
      const done = await orNothing(step);
      terminal.out(done.text);
      bytes += done.bytes;
    }
    terminal.out(reclaimedText(bytes));
    return exitCode.ok;
  },
});

export interface SystemPruneWish {
  readonly all: boolean;
  readonly volumes: boolean;
  readonly filters: Filters;
}

/** What is about to go, in Docker's words. */
function warning({ all, volumes, filters }: SystemPruneWish): string {
  const kinds = [
    "all stopped containers",
    "all networks not used by at least one container",
    ...(volumes ? ["all anonymous volumes not used by at least one container"] : []),
    all ? "all images without at least one container associated to them" : "all dangling images",
    all ? "all build cache" : "unused build cache",
  ];
  const lines = ["WARNING! This will remove:", ...kinds.map((kind) => `  - ${kind}`), ""];
  const filtered = Object.entries(filters).flatMap(([name, values]) =>
    values.map((value) => `${name}=${value}`),
  );
  if (filtered.length > 0) {
    lines.push("  Items to be pruned will be filtered with:");
    lines.push(...filtered.sort().map((text) => `  - ${text}`), "");
  }
  return lines.join("\n");
}

/** An engine that lacks one kind has nothing of it to remove. */
async function orNothing(step: () => Promise<Pruned>): Promise<Pruned> {
  try {
    return await step();
  } catch (error) {
    if (isKind(error, "not_implemented")) return { text: "", bytes: 0 };
    throw error;
  }
}

async function pruneBuildCache(engine: EngineClient, all: boolean, filters: Filters): Promise<Pruned> {
  const query = { all: all || undefined, filters: filtersQuery(filters) };
  const report = await engine.call("BuildPrune", { query });
  return {
    text: deletedText("build cache objects", report.CachesDeleted ?? []),
    bytes: report.SpaceReclaimed ?? 0,
  };
}
