import { invalidArgument, messageOf } from "../../../errors/engine-error.ts";
import { familiarName, parseReference, type Reference, withDefaultTag } from "../../../oci/reference.ts";
import { command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";

export const tagCommand = command({
  usage: "tag SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]",
  flags: {},
  interspersed: false,
  arguments: [2, 2],
  async run({ positional: [source = "", target = ""] }, _, session) {
    if (!/^[a-f0-9]{64}$/.test(source)) parsed(source);
    const reference = parsed(target);
    if (reference.digest) throw invalidArgument("refusing to create a tag with a digest reference");
    const engine = await session.engine();
    await engine.call("ImageTag", {
      params: { name: source },
      query: { repo: familiarName(reference), tag: withDefaultTag(reference).tag },
    });
    return exitCode.ok;
  },
});

function parsed(name: string): Reference {
  try {
    return parseReference(name);
  } catch (error) {
    throw invalidArgument(
      `Error parsing reference: ${JSON.stringify(name)} is not a valid repository/tag: ${messageOf(error)}`,
      error,
    );
  }
}
