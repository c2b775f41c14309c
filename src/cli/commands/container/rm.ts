import { invalidArgument, isKind, messageOf } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { booleanFlag } from "../../flags/flag.ts";
import { forEachName } from "../for-each.ts";

const flags = {
  force: booleanFlag("Force the removal of a running container (uses SIGKILL)", { short: "f" }),
  link: booleanFlag("Remove the specified link", { short: "l" }),
  volumes: booleanFlag("Remove anonymous volumes associated with the container", { short: "v" }),
};

export const removeContainersCommand = command({
  usage: "rm [OPTIONS] CONTAINER [CONTAINER...]",
  flags,
  arguments: [1, Number.POSITIVE_INFINITY],
  async run({ values: { force, link, volumes }, positional }, terminal, session) {
    const engine = await session.engine();
    const query = { force: force || undefined, link: link || undefined, v: volumes || undefined };
    const remove = async (name: string) => {
      const id = name.replace(/^\/+|\/+$/g, "");
      if (id === "") throw invalidArgument("container name cannot be empty");
      await engine.call("ContainerDelete", { params: { id }, query });
    };
    // --force forgives what is not there, and says so.
    const forgiven = (error: unknown) => {
      if (!force || !isKind(error, "not_found")) return false;
      terminal.err(`Error response from daemon: ${messageOf(error)}\n`);
      return true;
    };
    return forEachName(positional, terminal, engine, remove, { forgiven, atOnce: true });
  },
});
