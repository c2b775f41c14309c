import { invalidArgument } from "../../errors/engine-error.ts";
import { command } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import { filterFlag, filtersQuery } from "../flags/filter-flag.ts";
import { booleanFlag } from "../flags/flag.ts";
import { formatFlag } from "../flags/format-flag.ts";
import { tableWidth } from "../format/fit-window.ts";
import { imageLayout, imageRows } from "../format/rows/images.ts";
import { formatList } from "../format/table.ts";

const flags = {
  all: booleanFlag("Show all images (default hides intermediate images)", { short: "a" }),
  digests: booleanFlag("Show digests"),
  filter: filterFlag("Filter output based on conditions provided", "f"),
  format: formatFlag(),
  "no-trunc": booleanFlag("Don't truncate output"),
  quiet: booleanFlag("Only show image IDs", { short: "q" }),
  tree: booleanFlag("List multi-platform images as a tree (EXPERIMENTAL)"),
};

export const imagesCommand = command({
  usage: "images [OPTIONS] [REPOSITORY[:TAG]]",
  flags,
  arguments: [0, 1],
  async run({ values, positional: [name] }, terminal, session) {
    const { quiet, digests } = values;
    const filters =
      name === undefined
        ? values.filter
        : { ...values.filter, reference: [...(values.filter.reference ?? []), name] };
    if (values.tree) {
      for (const [word, given] of [
        ["quiet", quiet],
        ["no-trunc", values["no-trunc"]],
        ["show-digest", digests],
        ["format", values.format !== ""],
      ] as const) {
        if (given) throw invalidArgument(`--${word} is not yet supported with --tree`);
      }
      const { listImageTree } = await import("./image/tree.ts");
      terminal.out(await listImageTree(await session.engine(), values.all, filters));
      return exitCode.ok;
    }
    const engine = await session.engine();
    const images = await engine.call("ImageList", {
      query: { all: values.all || undefined, digests: digests || undefined, filters: filtersQuery(filters) },
    });
    const format = values.format || (quiet ? "" : ((await session.config()).imagesFormat ?? ""));
    const each = digests || /\.Digest\b/.test(format);
    const rows = images.flatMap((image) => imageRows(image, !values["no-trunc"], each));
    terminal.out(
      formatList(imageLayout(digests), rows, { format, quiet, width: tableWidth(values["no-trunc"]) }),
    );
    return exitCode.ok;
  },
});
