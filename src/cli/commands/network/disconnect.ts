import { command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { booleanFlag } from "../../flags/flag.ts";

export const disconnectNetworkCommand = command({
  usage: "network disconnect [OPTIONS] NETWORK CONTAINER",
  flags: { force: booleanFlag("Force the container to disconnect from a network", { short: "f" }) },
  arguments: [2, 2],
  async run({ values: { force }, positional: [id = "", container = ""] }, _, session) {
    const engine = await session.engine();
    await engine.call("NetworkDisconnect", {
      params: { id },
      body: { Container: container, Force: force },
    });
    return exitCode.ok;
  },
});
