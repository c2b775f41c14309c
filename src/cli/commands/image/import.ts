import { existsSync } from "node:fs";
import { notFound } from "../../../errors/engine-error.ts";
import { parseReference } from "../../../oci/reference.ts";
import { command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { listFlag, stringFlag } from "../../flags/flag.ts";
import { interruptible } from "../../interruptible.ts";
import { showTransfer } from "../../progress/show-transfer.ts";

const flags = {
  change: listFlag("Apply Dockerfile instruction to the created image", { short: "c" }),
  message: stringFlag("Set commit message for imported image", { short: "m" }),
  platform: stringFlag("Set platform if server is multi-platform capable"),
};

export const importCommand = command({
  usage: "import [OPTIONS] file|URL|- [REPOSITORY[:TAG]]",
  flags,
  arguments: [1, Number.POSITIVE_INFINITY],
  run({ values, given, positional: [source = "", name = ""] }, terminal, session) {
    // Of a URL the engine gets the archive itself.
    const isUrl = /^(https?|ftp|git):\/\//.test(source);
    if (!isUrl && source !== "-" && !existsSync(source)) {
      throw notFound(`open ${source}: no such file or directory`);
    }
    if (name !== "") parseReference(name);
    const platform = given.has("platform") ? values.platform : (session.env.DOCKER_DEFAULT_PLATFORM ?? "");
    return interruptible(async (signal) => {
      const engine = await session.engine();
      const response = await engine.stream("ImageCreate", {
        query: {
          fromSrc: isUrl ? source : "-",
          repo: name || undefined,
          message: values.message || undefined,
          changes: values.change.length > 0 ? values.change : undefined,
          platform: platform.toLowerCase() || undefined,
        },
        ...(!isUrl && { upload: (source === "-" ? Bun.stdin : Bun.file(source)).stream() }),
        signal,
      });
      await showTransfer(response, terminal);
      return exitCode.ok;
    });
  },
});
