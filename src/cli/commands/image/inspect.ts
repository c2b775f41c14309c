import { EngineAnswer, messageOf } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { stringFlag } from "../../flags/flag.ts";
import { inspectFormatFlag } from "../../flags/format-flag.ts";
import { platformQuery } from "../../flags/platform-flag.ts";
import { formatRawInspected } from "../../format/inspect.ts";

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
    const found: string[] = [];
    const failures: string[] = [];
    for (const name of positional) {
      try {
        const answer = await engine.stream("ImageInspect", { params: { name }, query: { platform } });
        found.push((await answer.text()).trim());
      } catch (error) {
        if (!(error instanceof EngineAnswer)) throw error;
        failures.push(`Error response from daemon: ${messageOf(error)}`);
      }
    }
    terminal.out(formatRawInspected(found, values.format));
    for (const failure of failures) terminal.err(`${failure}\n`);
    return failures.length === 0 ? exitCode.ok : exitCode.failed;
  },
});
