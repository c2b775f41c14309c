import { command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { filterFlag, filtersQuery } from "../../flags/filter-flag.ts";
import { booleanFlag, integerFlag, stringFlag } from "../../flags/flag.ts";
import { ellipsis } from "../../format/shorten.ts";
import { formatList, type ListLayout, type Row } from "../../format/table.ts";
import { registryAuthHeader } from "../../registry-auth/registry-auth.ts";

const flags = {
  filter: filterFlag("Filter output based on conditions provided", "f"),
  format: stringFlag("Pretty-print search using a Go template"),
  limit: integerFlag("Max number of search results"),
  "no-trunc": booleanFlag("Don't truncate output"),
};

const layout: ListLayout = {
  columns: "{{.Name}}\\t{{.Description}}\\t{{.StarCount}}\\t{{.IsOfficial}}",
  headers: { Name: "NAME", Description: "DESCRIPTION", StarCount: "STARS", IsOfficial: "OFFICIAL" },
  typeName: "*registry.searchContext",
};

export const searchCommand = command({
  usage: "search [OPTIONS] TERM",
  flags,
  arguments: [1, 1],
  async run({ values, positional: [term = ""] }, terminal, session) {
    const { filter, format, limit } = values;
    if ("is-automated" in filter) {
      terminal.err(
        'WARNING: the "is-automated" filter is deprecated, and searching for "is-automated=true" will not yield any results in future.\n',
      );
    }
    const engine = await session.engine();
    const found = await engine.call("ImageSearch", {
      query: { term, limit: limit > 0 ? limit : undefined, filters: filtersQuery(filter) },
      headers: await registryAuthHeader(registryOf(term), terminal, session),
    });
    // As JSON it says true and false, everywhere else it marks those that are.
    const json = format === "json" || /\{\{\s*json\s+\.\s*\}\}/.test(format);
    const rows = found.map((image): Row => {
      const description = (image.description ?? "").replace(/[\n\r]/g, " ");
      const official = image.is_official === true;
      return {
        Name: image.name ?? "",
        Description: values["no-trunc"] ? description : ellipsis(description, 45),
        StarCount: String(image.star_count ?? 0),
        IsOfficial: json ? String(official) : official ? "[OK]" : "",
      };
    });
    terminal.out(formatList(layout, rows, { format }));
    return exitCode.ok;
  },
});

/** `host:5000/term` asks that host; anything else Docker Hub. */
function registryOf(term: string): string {
  const slash = term.indexOf("/");
  const first = term.slice(0, Math.max(slash, 0));
  return /[.:]/.test(first) || first === "localhost" ? first : "docker.io";
}
