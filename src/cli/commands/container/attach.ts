import { command } from "../../command.ts";
import { detachKeysOf } from "../../config/detach-keys.ts";
import { attachRunning } from "../../containers/attach-running.ts";
import { booleanFlag, stringFlag } from "../../flags/flag.ts";

const flags = {
  "detach-keys": stringFlag("Override the key sequence for detaching a container"),
  "no-stdin": booleanFlag("Do not attach STDIN"),
  "sig-proxy": booleanFlag("Proxy all received signals to the process", { initial: true }),
};

export const attachCommand = command({
  usage: "attach [OPTIONS] CONTAINER",
  flags,
  arguments: [1, 1],
  async run({ values, positional: [name = ""] }, terminal, session) {
    const wish = {
      input: !values["no-stdin"],
      forwardSignals: values["sig-proxy"],
      detachKeys: detachKeysOf(await session.config(), values["detach-keys"]),
    };
    return await attachRunning(await session.engine(), name, wish, terminal);
  },
});
