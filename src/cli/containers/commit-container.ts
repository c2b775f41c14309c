import type { EngineClient } from "../../client/engine-client.ts";
import { invalidArgument } from "../../errors/engine-error.ts";
import { isNameOnly, parseReference, repositoryOf, withDefaultTag } from "../../oci/reference.ts";

export interface CommitWish {
  /** Empty: the image has no name. */
  readonly name: string;
  readonly author: string;
  readonly message: string;
  readonly changes: readonly string[];
  readonly pause: boolean;
}

/** Makes an image of what a container has changed; gives its id. */
export async function commitContainer(
  engine: EngineClient,
  container: string,
  { name, author, message, changes, pause }: CommitWish,
): Promise<string> {
  const target = name === "" ? {} : targetOf(name);
  const { Id: id } = await engine.call("ImageCommit", {
    query: {
      container,
      ...target,
      author: author || undefined,
      comment: message || undefined,
      changes: changes.length > 0 ? changes : undefined,
      pause: pause ? undefined : 0,
    },
  });
  return id;
}

function targetOf(name: string): { repo: string; tag: string | undefined } {
  const asked = parseReference(name);
  if (asked.digest) throw invalidArgument("refusing to create a tag with a digest reference");
  const reference = isNameOnly(asked) ? withDefaultTag(asked) : asked;
  return { repo: repositoryOf(reference), tag: reference.tag };
}
