import { command } from "../../command.ts";
import { stringFlag } from "../../flags/flag.ts";
import { inspectFormatFlag } from "../../flags/format-flag.ts";
import { platformQuery } from "../../flags/platform-flag.ts";
import { inspectEach, inspectedTypes } from "../inspect-each.ts";

const flags = {
  format: inspectFormatFlag(),
  platform: stringFlag(
    `Inspect a specific platform of the multi-platform image.
If the image or the server is not multi-platform capable, the command will error out if the platform does not match.
'os[/arch[/variant]]': Explicit platform (eg. linux/amd64)`,
  ),
};

export const inspectImagesCommand = command({
  usage: "image inspect [OPTIONS] IMAGE [IMAGE...]",
  flags,
  arguments: [1, Number.POSITIVE_INFINITY],
  async run({ values, positional }, terminal, session) {
    const engine = await session.engine();
    const platform = platformQuery(values.platform, await engine.version(), [1, 49]);
    return inspectEach(positional, values.format, terminal, engine, inspectedTypes.image, (name) =>
      engine.stream("ImageInspect", { params: { name }, query: { platform } }),
    );
  },
});
