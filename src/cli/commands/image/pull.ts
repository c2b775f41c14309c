import { invalidArgument } from "../../../errors/engine-error.ts";
import {
  familiarName,
  formatReference,
  isNameOnly,
  parseReference,
  withDefaultTag,
} from "../../../oci/reference.ts";
import { command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { contentTrustFlag, refuseContentTrust } from "../../flags/content-trust.ts";
import { booleanFlag, stringFlag } from "../../flags/flag.ts";
import { interruptible } from "../../interruptible.ts";
import { showTransfer } from "../../progress/show-transfer.ts";
import { registryAuthHeader } from "../../registry-auth/registry-auth.ts";

const flags = {
  "all-tags": booleanFlag("Download all tagged images in the repository", { short: "a" }),
  "disable-content-trust": contentTrustFlag("verification"),
  platform: stringFlag("Set platform if server is multi-platform capable"),
  quiet: booleanFlag("Suppress verbose output", { short: "q" }),
};

export const pullCommand = command({
  usage: "pull [OPTIONS] NAME[:TAG|@DIGEST]",
  flags,
  arguments: [1, 1],
  run({ values, given, positional: [name = ""] }, terminal, session) {
    const { quiet } = values;
    refuseContentTrust(values["disable-content-trust"], given.has("disable-content-trust"), session.env);
    const asked = parseReference(name);
    const all = values["all-tags"];
    if (all && !isNameOnly(asked)) throw invalidArgument("tag can't be used with --all-tags/-a");
    const reference = all ? asked : withDefaultTag(asked);
    if (reference !== asked && !quiet) terminal.out(`Using default tag: ${reference.tag}\n`);
    const platform = given.has("platform") ? values.platform : (session.env.DOCKER_DEFAULT_PLATFORM ?? "");
    return interruptible(async (signal) => {
      const engine = await session.engine();
      const response = await engine.stream("ImageCreate", {
        query: {
          fromImage: familiarName(reference),
          tag: all ? undefined : (reference.digest ?? reference.tag),
          platform: platform.toLowerCase() || undefined,
        },
        headers: await registryAuthHeader(reference.domain, terminal, session),
        signal,
      });
      await showTransfer(response, terminal, { quiet });
      terminal.out(`${formatReference(reference)}\n`);
      return exitCode.ok;
    });
  },
});
