import { notImplemented } from "../../../errors/engine-error.ts";
import { type Command, command, type Manual } from "../../command.ts";
import { dryRunFlag } from "../../compose/deed-flags.ts";
import { booleanFlag, type FlagSet, stringFlag } from "../../flags/flag.ts";

/** Words of Docker Compose's that answer with one sentence: what they are for lies outside. */
function refusing(usage: string, reason: string, manual: Manual, flags: FlagSet = {}): Command {
  const [word = ""] = usage.split(" ");
  return command({
    usage,
    flags: { "dry-run": dryRunFlag, ...flags },
    interspersed: Object.keys(flags).length > 0,
    arguments: [0, Number.POSITIVE_INFINITY],
    complete: ["nothing"],
    manual,
    run(_, __, session) {
      throw notImplemented(`${session.program} compose ${word}: ${reason}`);
    },
  });
}

const bridgeReason =
  "its transformations are images of Docker's; use `compose convert --to kubernetes` instead";

export const composeBridgeCommand = refusing("bridge [OPTIONS] COMMAND", bridgeReason, {
  about: `Not built: ${bridgeReason}.`,
  examples: [["The project with everything resolved", "hull compose config"]],
  also: ["compose config"],
});

const publishReason =
  "projects are not stored in registries; send the files, and push the images with `compose push`";

export const composePublishCommand = refusing(
  "publish [OPTIONS] REPOSITORY[:TAG]",
  publishReason,
  {
    about: `Not built: ${publishReason}.`,
    examples: [["One file with everything resolved, to send", "hull compose config -o project.yaml"]],
    also: ["compose config", "compose push"],
  },
  {
    app: booleanFlag("Published compose application (includes referenced images)"),
    "oci-version": stringFlag(
      "OCI image/artifact specification version (automatically determined by default)",
    ),
    "resolve-image-digests": booleanFlag("Pin image tags to digests"),
    "with-env": booleanFlag("Include environment variables in the published OCI artifact"),
    yes: booleanFlag('Assume "yes" as answer to all prompts', { short: "y" }),
  },
);

const alphaReason = "commands Docker Compose tries out are not here; `compose graph` draws a project";

export const composeAlphaCommand = refusing("alpha COMMAND", alphaReason, {
  about: `Not built: ${alphaReason}.`,
  examples: [["A drawing of the project", "hull compose graph"]],
  also: ["compose graph"],
});
