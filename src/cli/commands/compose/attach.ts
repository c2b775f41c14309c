import { notImplemented } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { dryRunFlag } from "../../compose/deed-flags.ts";
import { openProjectName } from "../../compose/open-project.ts";
import { serviceContainer } from "../../compose/project-containers.ts";
import { composeSettings } from "../../compose/settings.ts";
import { detachKeysOf } from "../../config/detach-keys.ts";
import { attachRunning } from "../../containers/attach-running.ts";
import { booleanFlag, integerFlag, stringFlag } from "../../flags/flag.ts";

const flags = {
  "dry-run": dryRunFlag,
  "detach-keys": stringFlag("Override the key sequence for detaching from a container."),
  index: integerFlag("index of the container if service has multiple replicas."),
  "no-stdin": booleanFlag("Do not attach STDIN"),
  "sig-proxy": booleanFlag("Proxy all received signals to the process", { initial: true }),
};

export const composeAttachCommand = command({
  usage: "attach [OPTIONS] SERVICE",
  flags,
  arguments: [1, Number.POSITIVE_INFINITY],
  complete: ["services", "nothing"],
  manual: {
    about:
      "Joins this terminal with the first process of a service's container. Ctrl-P Ctrl-Q leaves it running.",
    examples: [["Only look", "hull compose attach --no-stdin --sig-proxy=false web"]],
    also: ["compose logs", "attach"],
  },
  async run({ values, positional: [service = ""] }, terminal, session) {
    const name = await openProjectName(terminal, session);
    const engine = await session.engine();
    const { Id: id } = await serviceContainer(engine, name, { service, index: values.index });
    if (composeSettings(session, values["dry-run"]).dryRun) {
      throw notImplemented("attaching is not supported in dry-run mode");
    }
    const wish = {
      input: !values["no-stdin"],
      forwardSignals: values["sig-proxy"],
      detachKeys: detachKeysOf(await session.config(), values["detach-keys"]),
    };
    return await attachRunning(engine, id, wish, terminal);
  },
});
