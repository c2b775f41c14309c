import type { BuildCache } from "../../../protocol/generated/types.ts";
import { command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { type Filters, filterFlag } from "../../flags/filter-flag.ts";
import { booleanFlag } from "../../flags/flag.ts";
import { ago } from "../../format/ago.ts";
import { humanSize } from "../../format/human-size.ts";
import { alignColumns } from "../../format/table.ts";

export const builderUsageCommand = command({
  usage: "builder du [OPTIONS]",
  flags: {
    filter: filterFlag('Provide filter values (e.g. "type=exec.cachemount", "id=…", "inuse=true")'),
    verbose: booleanFlag("Provide a more verbose output"),
  },
  arguments: [0, 0],
  async run({ values: { filter, verbose } }, terminal, session) {
    const engine = await session.engine();
    const usage = await engine.call("SystemDataUsage", { query: { type: "build-cache" } });
    const entries = (usage.BuildCache ?? [])
      .filter((entry) => fits(entry, filter))
      .sort((a, b) => (b.Size ?? 0) - (a.Size ?? 0));
    terminal.out(verbose ? details(entries) : table(entries));
    const sum = (of: readonly BuildCache[]) =>
      humanSize(
        of.reduce((total, { Size: size }) => total + (size ?? 0), 0),
        4,
      );
    const shared = entries.filter((entry) => entry.Shared);
    if (shared.length > 0) terminal.out(`Shared:\t\t${sum(shared)}\n`);
    terminal.out(`Reclaimable:\t${sum(entries.filter(({ InUse: used }) => !used))}\n`);
    terminal.out(`Total:\t\t${sum(entries)}\n`);
    return exitCode.ok;
  },
});

function fits(entry: BuildCache, filters: Filters): boolean {
  return Object.entries(filters).every(([name, values]) =>
    values.some((value) => {
      switch (name) {
        case "id":
          return (entry.ID ?? "").startsWith(value);
        case "type":
          return entry.Type === value;
        case "description":
          return (entry.Description ?? "").includes(value);
        case "inuse":
          return String(entry.InUse ?? false) === value;
        case "shared":
          return String(entry.Shared ?? false) === value;
        case "private":
          return String(!entry.Shared) === value;
      }
      return false;
    }),
  );
}

function table(entries: readonly BuildCache[]): string {
  const rows = entries.map((entry) =>
    [
      (entry.ID ?? "").slice(0, 25),
      entry.InUse ? "false" : "true",
      humanSize(entry.Size ?? 0, 4),
      entry.LastUsedAt ? ago(Date.parse(entry.LastUsedAt) / 1000) : "",
      entry.Type ?? "",
      (entry.Description ?? "").replace(/\s+/g, " ").slice(0, 60),
    ].join("\t"),
  );
  const head = ["ID", "RECLAIMABLE", "SIZE", "LAST ACCESSED", "TYPE", "DESCRIPTION"].join("\t");
  return alignColumns([head, ...rows]);
}

function details(entries: readonly BuildCache[]): string {
  const blocks = entries.map((entry) => {
    const lines: [string, string | undefined][] = [
      ["ID", entry.ID ?? ""],
      ["Parents", entry.Parents?.join(" ")],
      ["Created at", entry.CreatedAt ?? ""],
      ["Mutable", String(entry.Type === "exec.cachemount")],
      ["Reclaimable", String(!entry.InUse)],
      ["Shared", String(entry.Shared ?? false)],
      ["Size", humanSize(entry.Size ?? 0, 4)],
      ["Description", entry.Description ?? ""],
      ["Usage count", String(entry.UsageCount ?? 0)],
      ["Last used", entry.LastUsedAt ? ago(Date.parse(entry.LastUsedAt) / 1000) : undefined],
      ["Type", entry.Type ?? ""],
    ];
    return lines
      .filter(([, value]) => value !== undefined && value !== "")
      .map(([name, value]) => `${`${name}:`.padEnd(14)}${value}\n`)
      .join("");
  });
  return blocks.map((block) => `${block}\n`).join("");
}
