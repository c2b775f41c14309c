import { invalidArgument } from "../../../errors/engine-error.ts";
import { familiarReference, parseReference, withDefaultTag } from "../../../oci/reference.ts";
import { command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { contentTrustFlag, refuseContentTrust } from "../../flags/content-trust.ts";
import { interruptible } from "../../interruptible.ts";
import { showTransfer } from "../../progress/show-transfer.ts";
import { registryAuthHeader } from "../../registry-auth/registry-auth.ts";

export const pushPluginCommand = command({
  usage: "plugin push [OPTIONS] PLUGIN[:TAG]",
  flags: { "disable-content-trust": contentTrustFlag("signing") },
  arguments: [1, 1],
  async run({ values, given, positional: [name = ""] }, terminal, session) {
    refuseContentTrust(values["disable-content-trust"], given.has("disable-content-trust"), session.env);
    const reference = withDefaultTag(parseReference(name));
    if (reference.digest) throw invalidArgument(`invalid name: ${name}`);
    return interruptible(async (signal) => {
      const engine = await session.engine();
      const response = await engine.stream("PluginPush", {
        params: { name: familiarReference(reference) },
        headers: await registryAuthHeader(reference.domain, terminal, session),
        signal,
      });
      await showTransfer(response, terminal);
      return exitCode.ok;
    });
  },
});
