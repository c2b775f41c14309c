import type { EngineClient } from "../../client/engine-client.ts";
import { isNameOnly, parseReference, repositoryOf, withDefaultTag } from "../../oci/reference.ts";
import type { Terminal } from "../command.ts";
import { registryAuthHeader } from "../registry-auth/registry-auth.ts";
import type { Session } from "../session.ts";

export interface PullRequest {
  readonly engine: EngineClient;
  readonly terminal: Terminal;
  readonly session: Session;
  readonly signal: AbortSignal;
}

/** Asks for one image, by the user's own login; the answer tells of the transfer while it goes on. */
export async function requestPull(
  image: string,
  platform: string | undefined,
  { engine, terminal, session, signal }: PullRequest,
): Promise<Response> {
  const asked = parseReference(image);
  const reference = isNameOnly(asked) ? withDefaultTag(asked) : asked;
  return await engine.stream("ImageCreate", {
    query: {
      fromImage: repositoryOf(reference),
      tag: reference.digest ?? reference.tag,
      platform,
    },
    headers: await registryAuthHeader(reference.domain, terminal, session),
    signal,
  });
}
