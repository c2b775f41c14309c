import { invalidArgument } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { copyIn } from "../../copy/copy-in.ts";
import { copyOut } from "../../copy/copy-out.ts";
import { parseCopyArgument } from "../../copy/paths.ts";
import { booleanFlag } from "../../flags/flag.ts";
import { interruptible } from "../../interruptible.ts";
import { isTerminal, standardOutput } from "../../terminal/tty.ts";

const flags = {
  archive: booleanFlag("Archive mode (copy all uid/gid information)", { short: "a" }),
  "follow-link": booleanFlag("Always follow symbol link in SRC_PATH", { short: "L" }),
  quiet: booleanFlag(
    "Suppress progress output during copy. Progress output is automatically suppressed if no terminal is attached",
    { short: "q" },
  ),
};

export const cpCommand = command({
  usage: "cp [OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-\ncp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH",
  long: "Copy files/folders between a container and the local filesystem\n\nUse '-' as the source to read a tar archive from stdin\nand extract it to a directory destination in a container.\nUse '-' as the destination to stream a tar archive of a\ncontainer source to stdout.",
  flags,
  arguments: [2, 2],
  run({ values, given, positional: [first = "", second = ""] }, terminal, session) {
    if (first === "") throw invalidArgument("source can not be empty");
    if (second === "") throw invalidArgument("destination can not be empty");
    const source = parseCopyArgument(first);
    const target = parseCopyArgument(second);
    if (source.container !== "" && target.container !== "") {
      throw invalidArgument("copying between containers is not supported");
    }
    if (source.container === "" && target.container === "") {
      throw invalidArgument("must specify at least one container source");
    }
    return interruptible(async (signal) => {
      const engine = await session.engine();
      const options = {
        follow: values["follow-link"],
        quiet: given.has("quiet") ? values.quiet : !isTerminal(standardOutput),
        archive: values.archive,
        signal,
      };
      return source.container === ""
        ? await copyIn(source.path, target, options, engine, terminal)
        : await copyOut(source, target.path, options, engine, terminal);
    });
  },
});
