import { notImplemented } from "../../../errors/engine-error.ts";
import { contextReport } from "../../build/context-report.ts";
import { buildSource } from "../../build/context-source.ts";
import { listContext } from "../../build/list-context.ts";
import { stdinText } from "../../build/stdin-source.ts";
import { command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { booleanFlag, stringFlag } from "../../flags/flag.ts";

export const buildContextCommand = command({
  usage: "build context [OPTIONS] [PATH]",
  flags: {
    all: booleanFlag("Every file, not only the largest", { short: "a" }),
    file: stringFlag('Name of the Dockerfile (default: "PATH/Dockerfile")', { short: "f" }),
    ignored: booleanFlag("Also what is left out, with the rule that did it", { short: "i" }),
  },
  arguments: [0, 1],
  details: "A directory of the name is meant by `hull build ./context`.",
  async run({ values: { all, file, ignored }, positional: [place = "."] }, terminal) {
    const source = await buildSource(place, file, stdinText);
    if (source.kind !== "directory")
      throw notImplemented("only contexts that are directories of this machine are sent from here");
    const entries = listContext(source.root, source.ignore);
    terminal.out(contextReport(entries, { all, ignored, ignoreFile: source.ignoreFile }));
    return exitCode.ok;
  },
});
