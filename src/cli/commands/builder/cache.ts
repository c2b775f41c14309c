import { existsSync } from "node:fs";
import { internal, invalidArgument, notFound } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { stringFlag } from "../../flags/flag.ts";
import { interruptible } from "../../interruptible.ts";
import { isTerminal } from "../../terminal/tty.ts";
import { openWholeFile, standardOutput } from "../../whole-file.ts";

const path = "/build/mount";

export const exportCacheCommand = command({
  usage: "builder cache export [OPTIONS] ID",
  flags: { output: stringFlag("Write to a file, instead of STDOUT", { short: "o" }) },
  arguments: [1, 1],
  details: "ID is that of a cache mount: what RUN --mount=type=cache,id=… says, or else its target.",
  run({ values: { output }, positional: [id = ""] }, _, session) {
    if (output === "" && isTerminal(1)) {
      throw invalidArgument(
        "cowardly refusing to write an archive to a terminal. Use the -o flag or redirect",
      );
    }
    return interruptible(async (signal) => {
      const engine = await session.engine();
      const { body } = await engine.streamExtension("GET", path, { query: { id }, signal });
      if (!body) throw internal("the engine answered with nothing");
      using file = output === "" ? standardOutput() : openWholeFile(output, "cannot write the cache");
      for await (const bytes of body) await file.write(bytes);
      await file.finish();
      return exitCode.ok;
    });
  },
});

export const importCacheCommand = command({
  usage: "builder cache import [OPTIONS] ID",
  flags: { input: stringFlag("Read from a file, instead of STDIN", { short: "i" }) },
  arguments: [1, 1],
  details: "Files that are in the cache mount already stay, unless the archive has them too.",
  run({ values: { input }, positional: [id = ""] }, _, session) {
    if (input === "" && isTerminal(0))
      throw invalidArgument("requested import from stdin, but stdin is empty");
    if (input !== "" && !existsSync(input)) throw notFound(`open ${input}: no such file or directory`);
    return interruptible(async (signal) => {
      const engine = await session.engine();
      const upload = (input === "" ? Bun.stdin : Bun.file(input)).stream();
      await engine.streamExtension("PUT", path, { query: { id }, upload, signal });
      return exitCode.ok;
    });
  },
});
