import { EngineError, invalidArgument, isKind } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { detachKeysOf } from "../../config/detach-keys.ts";
import { bodyOf, checkPullPolicy, createContainer, isWrongValue } from "../../containers/create-container.ts";
import { didYouMean, imageHint } from "../../containers/did-you-mean.ts";
import { startExitCode, tellWithHelp } from "../../containers/failures.ts";
import { consoleSize } from "../../containers/follow-size.ts";
import { SignalForwarder } from "../../containers/forward-signals.ts";
import { PullInterrupted } from "../../containers/pull-image.ts";
import { runCreated } from "../../containers/run-created.ts";
import { exitCode } from "../../exit-code.ts";
import { creationFlags, defaultPlatform } from "../../flags/container/creation-flags.ts";
import { refuseContentTrust } from "../../flags/content-trust.ts";
import { booleanFlag, stringFlag } from "../../flags/flag.ts";
import { isTerminal, standardInput } from "../../terminal/tty.ts";

const runFlags = {
  ...creationFlags(`Pull image before running ("always", "missing", "never")`),
  detach: booleanFlag("Run container in background and print container ID", { short: "d" }),
  "detach-keys": stringFlag("Override the key sequence for detaching a container"),
  "sig-proxy": booleanFlag("Proxy received signals to the process", { initial: true }),
};

// trail: run -p
export const runCommand = command({
  usage: "run [OPTIONS] IMAGE [COMMAND] [ARG...]",
  flags: runFlags,
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
      if (!isWrongValue(error) && !isKind(error, "unavailable")) throw error;
      tellWithHelp(error, session.program, "run", terminal);
      return exitCode.engineFailed;
    }
    if (values.detach) {
      if (values.attach.length > 0) {
        throw invalidArgument("conflicting options: cannot specify both --attach and --detach");
      }
      Object.assign(body, { AttachStdin: false, AttachStdout: false, AttachStderr: false, StdinOnce: false });
    } else if (body.AttachStdin && body.Tty && !isTerminal(standardInput)) {
      throw invalidArgument("the input device is not a TTY");
    }
    body.HostConfig.ConsoleSize = consoleSize();
    const wish = {
      values,
      name: values.name,
      platform: defaultPlatform(values.platform, given, session.env),
      pull: checkPullPolicy(values.pull),
      quiet: values.quiet,
      apiSocket: values["use-api-socket"],
    };
    let pulled = false;
    try {
      const id = await createContainer(body, wish, engine, terminal, session, () => {
        pulled = true;
      });
      pulled = false;
      using signals = values["sig-proxy"] && !values.detach ? new SignalForwarder(engine) : undefined;
      const keys = detachKeysOf(await session.config(), values["detach-keys"]);
      return await runCreated(id, body, keys, signals, engine, terminal);
    } catch (error) {
      if (error instanceof PullInterrupted) return error.exitCode;
      if (!(error instanceof EngineError)) throw error;
      const hint = pulled ? await imageHint(engine, body.Image) : await didYouMean(engine, error);
      tellWithHelp(error, session.program, "run", terminal, hint);
      return startExitCode(error);
    }
  },
});
