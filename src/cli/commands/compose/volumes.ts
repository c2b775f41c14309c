import { labels } from "../../../compose/labels.ts";
import { command } from "../../command.ts";
import { dryRunFlag } from "../../compose/deed-flags.ts";
import { openProjectOrName } from "../../compose/open-project.ts";
import { serviceOf } from "../../compose/project-containers.ts";
import { exitCode } from "../../exit-code.ts";
import { booleanFlag } from "../../flags/flag.ts";
import { formatFlag } from "../../flags/format-flag.ts";
import { volumeLayout, volumeRow } from "../../format/rows/volumes.ts";
import { formatList } from "../../format/table.ts";

const flags = {
  "dry-run": dryRunFlag,
  format: { ...formatFlag(), initial: "table", defaultText: '"table"' },
  quiet: booleanFlag("Only display volume names", { short: "q" }),
};

export const composeVolumesCommand = command({
  usage: "volumes [OPTIONS] [SERVICE...]",
  flags,
  arguments: [0, Number.POSITIVE_INFINITY],
  complete: ["services"],
  manual: {
    about: "Lists the volumes a project has made; with services, those their running containers use.",
    examples: [
      ["Of the database", "hull compose volumes db"],
      ["With their labels", "hull compose volumes --format json"],
    ],
    also: ["volume ls", "compose down"],
  },
  async run({ values, positional: services }, terminal, session) {
    const { name } = await openProjectOrName(terminal, session, { services });
    const engine = await session.engine();
    const query = { filters: JSON.stringify({ label: [`${labels.project}=${name}`] }) };
    const { Volumes: volumes } = await engine.call("VolumeList", { query });
    let shown = volumes ?? [];
    if (services.length > 0) {
      const containers = await engine.call("ContainerList", { query });
      const used = new Set(
        containers
          .filter((container) => services.includes(serviceOf(container)))
          .flatMap(({ Mounts: mounts }) => (mounts ?? []).map(({ Name }) => Name)),
      );
      shown = shown.filter((volume) => used.has(volume.Name));
    }
    const { quiet } = values;
    if (quiet) terminal.out(shown.map((volume) => `${volume.Name}\n`).join(""));
    else terminal.out(formatList(volumeLayout, shown.map(volumeRow), { format: values.format }));
    return exitCode.ok;
  },
});
