import { EngineAnswer, isKind, messageOf } from "../../../errors/engine-error.ts";
import { parsePlatformText } from "../../../oci/platform.ts";
import { command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { requireApiVersion } from "../../flags/api-version.ts";
import { booleanFlag, listFlag } from "../../flags/flag.ts";

const flags = {
  force: booleanFlag("Force removal of the image", { short: "f" }),
  "no-prune": booleanFlag("Do not delete untagged parents"),
  platform: listFlag(
    `Remove only the given platform variant. Formatted as "os[/arch[/variant]]" (e.g., "linux/amd64")`,
    { placeholder: "strings" },
  ),
};

export const removeImagesCommand = command({
  usage: "rmi [OPTIONS] IMAGE [IMAGE...]",
  flags,
  arguments: [1, Number.POSITIVE_INFINITY],
  async run({ values, positional }, terminal, session) {
    const platforms = values.platform
      .flatMap((text) => text.split(","))
      .map((text) => JSON.stringify(parsePlatformText(text)));
    const query = {
      force: values.force || undefined,
      noprune: values["no-prune"] || undefined,
      platforms: platforms.length > 0 ? platforms : undefined,
    };
    const engine = await session.engine();
    if (platforms.length > 0) requireApiVersion(await engine.version(), [1, 50], '"--platform"');
    const failures: EngineAnswer[] = [];
    for (const name of positional) {
      try {
        for (const step of await engine.call("ImageDelete", { params: { name }, query })) {
          terminal.out(step.Deleted ? `Deleted: ${step.Deleted}\n` : `Untagged: ${step.Untagged}\n`);
        }
      } catch (error) {
        if (!(error instanceof EngineAnswer)) throw error;
        failures.push(error);
      }
    }
    for (const failure of failures) {
      const { didYouMean } = await import("../../containers/did-you-mean.ts");
      terminal.err(`Error response from daemon: ${messageOf(failure)}\n${await didYouMean(engine, failure)}`);
    }
    // --force forgives what is not there, and nothing else.
    const forgiven = values.force && failures.every((failure) => isKind(failure, "not_found"));
    return failures.length === 0 || forgiven ? exitCode.ok : exitCode.failed;
  },
});
