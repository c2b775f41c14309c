import { isKind } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { booleanFlag } from "../../flags/flag.ts";
import { forEachName } from "../for-each.ts";

export const removeNetworksCommand = command({
  usage: "network rm NETWORK [NETWORK...]",
  flags: { force: booleanFlag("Do not error if the network does not exist", { short: "f" }) },
  arguments: [1, Number.POSITIVE_INFINITY],
  async run({ values: { force }, positional }, terminal, session) {
    const engine = await session.engine();
    return forEachName(
      positional,
      terminal,
      engine,
      (id) => engine.call("NetworkDelete", { params: { id } }),
      {
        forgiven: (error) => force && isKind(error, "not_found"),
      },
    );
  },
});
