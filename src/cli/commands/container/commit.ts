import { invalidArgument } from "../../../errors/engine-error.ts";
import { isNameOnly, parseReference, repositoryOf, withDefaultTag } from "../../../oci/reference.ts";
import { command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { booleanFlag, listFlag, stringFlag } from "../../flags/flag.ts";

const flags = {
  author: stringFlag('Author (e.g., "John Hannibal Smith <hannibal@a-team.com>")', { short: "a" }),
  change: listFlag("Apply Dockerfile instruction to the created image", { short: "c" }),
  message: stringFlag("Commit message", { short: "m" }),
  pause: booleanFlag("Pause container during commit", { short: "p", initial: true }),
};

export const commitCommand = command({
  usage: "commit [OPTIONS] CONTAINER [REPOSITORY[:TAG]]",
  flags,
  interspersed: false,
  arguments: [1, 2],
  async run({ values, positional: [container = "", name = ""] }, terminal, session) {
    const { author, change, message, pause } = values;
    const target = name === "" ? {} : targetOf(name);
    const engine = await session.engine();
    const { Id: id } = await engine.call("ImageCommit", {
      query: {
        container,
        ...target,
        author: author || undefined,
        comment: message || undefined,
        changes: change.length > 0 ? change : undefined,
        pause: pause ? undefined : 0,
      },
    });
    terminal.out(`${id}\n`);
    return exitCode.ok;
  },
});

function targetOf(name: string): { repo: string; tag: string | undefined } {
  const asked = parseReference(name);
  if (asked.digest) throw invalidArgument("refusing to create a tag with a digest reference");
  const reference = isNameOnly(asked) ? withDefaultTag(asked) : asked;
  return { repo: repositoryOf(reference), tag: reference.tag };
}
