import type { EngineClient } from "../../../client/engine-client.ts";
import { labels } from "../../../compose/labels.ts";
import { nameOf } from "../../../compose/observe/observed-container.ts";
import { familiarReference, parseReference, withDefaultTag } from "../../../oci/reference.ts";
import type { ContainerSummary } from "../../../protocol/generated/types.ts";
import { command } from "../../command.ts";
import { dryRunFlag } from "../../compose/deed-flags.ts";
import { openProjectName } from "../../compose/open-project.ts";
import { printList } from "../../compose/print-list.ts";
import { serviceOf } from "../../compose/project-containers.ts";
import { exitCode } from "../../exit-code.ts";
import { booleanFlag, stringFlag } from "../../flags/flag.ts";
import { ago } from "../../format/ago.ts";
import { humanSize } from "../../format/human-size.ts";
import { shortId } from "../../format/shorten.ts";

const flags = {
  "dry-run": dryRunFlag,
  format: stringFlag("Format the output. Values: [table | json]", {
    initial: "table",
    complete: ["table", "json"],
  }),
  quiet: booleanFlag("Only display IDs", { short: "q" }),
};

const head = ["CONTAINER", "REPOSITORY", "TAG", "PLATFORM", "IMAGE ID", "SIZE", "CREATED"];

export const composeImagesCommand = command({
  usage: "images [OPTIONS] [SERVICE...]",
  flags,
  arguments: [0, Number.POSITIVE_INFINITY],
  complete: ["services"],
  manual: {
    about: "Lists the image of each container of a project.",
    examples: [["The ids, each once", "hull compose images -q"]],
    also: ["compose pull", "images"],
  },
  async run({ values, positional }, terminal, session) {
    const name = await openProjectName(terminal, session);
    const engine = await session.engine();
    const filters = JSON.stringify({ label: [`${labels.project}=${name.toLowerCase()}`] });
    const found = await engine.call("ContainerList", { query: { all: true, filters } });
    const containers = found
      .filter((container) => positional.length === 0 || positional.includes(serviceOf(container)))
      .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
    const rows = await Promise.all(containers.map((container) => imageRow(engine, container)));
    if (values.quiet) {
      const ids = new Set(rows.map(({ ID: id }) => id.slice(id.indexOf(":") + 1)));
      terminal.out([...ids].map((id) => `${id}\n`).join(""));
      return exitCode.ok;
    }
    const cells = rows.map((row) => [
      row.ContainerName,
      row.Repository || "<none>",
      row.Tag || "<none>",
      row.Platform,
      shortId(row.ID),
      humanSize(row.Size),
      ago(Date.parse(row.LastTagTime) / 1000),
    ]);
    // Docker Compose ends its JSON twice.
    const more = values.format.toLowerCase() === "json" ? "\n" : "";
    terminal.out(printList(values.format, rows, head, cells) + more);
    return exitCode.ok;
  },
});

async function imageRow(engine: EngineClient, container: ContainerSummary) {
  const named = container.Image ?? "";
  const image = await engine.call("ImageInspect", { params: { name: named } });
  const { LastTagTime: tagged = "" } = image.Metadata ?? {};
  const { Os: os = "", Architecture: architecture = "", Variant: variant = "" } = image;
  return {
    ID: image.Id ?? "",
    ContainerName: nameOf(container),
    ...repositoryAndTag(named),
    Platform: [os, architecture, variant].filter(Boolean).join("/"),
    Size: image.Size ?? 0,
    // An image that came with its name was never given one.
    LastTagTime: !tagged || tagged.startsWith("0001-") ? (image.Created ?? "") : tagged,
  };
}

/** Empty for an image that is known by its id alone. */
function repositoryAndTag(named: string): { Repository: string; Tag: string } {
  if (/^(sha256:)?[0-9a-f]{12,64}$/.test(named)) return { Repository: "", Tag: "" };
  const reference = withDefaultTag(parseReference(named));
  const { tag = "", digest } = reference;
  const repository = familiarReference(reference).replace(/@.*$/, "");
  if (digest) return { Repository: tag === "" ? repository : repository.slice(0, -tag.length - 1), Tag: "" };
  return { Repository: repository.slice(0, -tag.length - 1), Tag: tag };
}
