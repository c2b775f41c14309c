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
import { platformQuery } from "../../flags/platform-flag.ts";
import { interruptible } from "../../interruptible.ts";
import { noteText } from "../../progress/note.ts";
import { pushNotes } from "../../progress/push-notes.ts";
import { showTransfer } from "../../progress/show-transfer.ts";
import { registryAuthHeader } from "../../registry-auth/registry-auth.ts";

const flags = {
  "all-tags": booleanFlag("Push all tags of an image to the repository", { short: "a" }),
  "disable-content-trust": contentTrustFlag("signing"),
  platform: stringFlag(
    `Push a platform-specific manifest as a single-platform image to the registry.
Image index won't be pushed, meaning that other manifests, including attestations won't be preserved.
'os[/arch[/variant]]': Explicit platform (eg. linux/amd64)`,
  ),
  quiet: booleanFlag("Suppress verbose output", { short: "q" }),
};

const platformNote = `Using --platform pushes only the specified platform manifest of a multi-platform image index.
Other components, like attestations, will not be included.
To push the complete multi-platform image, remove the --platform flag.
`;

export const pushCommand = command({
  usage: "push [OPTIONS] NAME[:TAG]",
  flags,
  arguments: [1, 1],
  async run({ values, given, positional: [name = ""] }, terminal, session) {
    const { quiet } = values;
    refuseContentTrust(values["disable-content-trust"], given.has("disable-content-trust"), session.env);
    const engine = await session.engine();
    const platform =
      values.platform === "" ? undefined : platformQuery(values.platform, await engine.version(), [1, 46]);
    if (platform) terminal.out(noteText(platformNote));
    const asked = parseReference(name);
    const all = values["all-tags"];
    if (all && !isNameOnly(asked)) throw invalidArgument("tag can't be used with --all-tags/-a");
    const reference = all ? asked : withDefaultTag(asked);
    if (reference !== asked && !quiet) terminal.out(`Using default tag: ${reference.tag}\n`);
    if (reference.digest) throw invalidArgument("cannot push a digest reference");
    return interruptible(async (signal) => {
      const notes: string[] = [];
      const response = await engine.stream("ImagePush", {
        params: { name: familiarName(reference) },
        query: { tag: all ? undefined : reference.tag, platform },
        headers: await registryAuthHeader(reference.domain, terminal, session),
        signal,
      });
      try {
        await showTransfer(response, terminal, { quiet, onAux: (aux) => void notes.push(...pushNotes(aux)) });
        if (quiet) terminal.out(`${formatReference(reference)}\n`);
      } finally {
        for (const note of notes) terminal.out(noteText(note));
      }
      return exitCode.ok;
    });
  },
});
