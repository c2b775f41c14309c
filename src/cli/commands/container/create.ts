import { EngineError } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { bodyOf, checkPullPolicy, createContainer, isWrongValue } from "../../containers/create-container.ts";
import { didYouMean, imageHint } from "../../containers/did-you-mean.ts";
import { failureText, tellWithHelp } from "../../containers/failures.ts";
import { PullInterrupted } from "../../containers/pull-image.ts";
import { exitCode } from "../../exit-code.ts";
import { creationFlags, defaultPlatform } from "../../flags/container/creation-flags.ts";
import { refuseContentTrust } from "../../flags/content-trust.ts";

export const createCommand = command({
  usage: "create [OPTIONS] IMAGE [COMMAND] [ARG...]",
  flags: creationFlags(`Pull image before creating ("always", "missing", "never")`),
  arguments: [1, Number.POSITIVE_INFINITY],
  interspersed: false,
  async run({ values, given, positional }, terminal, session) {
    refuseContentTrust(values["disable-content-trust"], given.has("disable-content-trust"), session.env);
    const engine = await session.engine();
    let body: Awaited<ReturnType<typeof bodyOf>>;
    try {
      checkPullPolicy(values.pull);
      body = await bodyOf(values, given, positional, engine, session);
    } catch (error) {
      if (!isWrongValue(error)) throw error;
      tellWithHelp(error, session.program, "create", terminal);
      return exitCode.engineFailed;
    }
    let pulled = false;
    try {
      const wish = {
        values,
        name: values.name,
        platform: defaultPlatform(values.platform, given, session.env),
        pull: checkPullPolicy(values.pull),
        quiet: values.quiet,
        apiSocket: values["use-api-socket"],
      };
      const id = await createContainer(body, wish, engine, terminal, session, () => {
        pulled = true;
      });
      terminal.out(`${id}\n`);
      return exitCode.ok;
    } catch (error) {
      if (error instanceof PullInterrupted) return error.exitCode;
      if (!(error instanceof EngineError)) throw error;
      const hint = pulled ? await imageHint(engine, body.Image) : await didYouMean(engine, error);
      terminal.err(`${failureText(error)}\n${hint}`);
      return exitCode.failed;
    }
  },
});
