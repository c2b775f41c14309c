import { writeFileSync } from "node:fs";
import { conflict, invalidArgument, messageOf } from "../../../errors/engine-error.ts";
import { command } from "../../command.ts";
import { defaultContext } from "../../config/context-store.ts";
import { contextStore, defaultContextMeta } from "../../config/current-context.ts";
import { exitCode } from "../../exit-code.ts";
import { isTerminal } from "../../terminal/tty.ts";
import { packContext } from "./archive.ts";

export const exportContextCommand = command({
  usage: "context export [OPTIONS] CONTEXT [FILE|-]",
  flags: {},
  arguments: [1, 2],
  async run({ positional: [name = "", file = `${name}.dockercontext`] }, terminal, session) {
    const store = contextStore(session);
    const isDefault = name === defaultContext;
    const meta = isDefault ? defaultContextMeta(session) : store.get(name);
    const bytes = packContext({ meta, tls: isDefault ? {} : store.tlsFiles(name) });
    if (file === "-") {
      if (isTerminal(1)) {
        throw invalidArgument("cowardly refusing to export to a terminal, specify a file path");
      }
      await Bun.write(Bun.stdout, bytes);
      return exitCode.ok;
    }
    try {
      writeFileSync(file, bytes, { flag: "wx", mode: 0o600 });
    } catch (error) {
      const there = error instanceof Error && "code" in error && error.code === "EEXIST";
      throw conflict(`open ${file}: ${there ? "file exists" : messageOf(error)}`, error);
    }
    terminal.err(`Written file ${JSON.stringify(file)}\n`);
    return exitCode.ok;
  },
});
