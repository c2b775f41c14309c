import type { EngineClient } from "../../../client/engine-client.ts";
import { EngineError, messageOf } from "../../../errors/engine-error.ts";
import { formatReference, parseReference, repositoryOf, withDefaultTag } from "../../../oci/reference.ts";
import type { Terminal } from "../../command.ts";
import { registryAuthHeader } from "../../registry-auth/registry-auth.ts";
import type { Session } from "../../session.ts";

/** The name of an image with the digest its registry has for it now; one that has a digest stays. */
export type PinImage = (image: string) => Promise<string>;

export async function pinImages(terminal: Terminal, session: Session): Promise<PinImage> {
  const engine = await session.engine();
  const known = new Map<string, Promise<string>>();
  return (image) => {
    const found = known.get(image) ?? pin(image, engine, terminal, session);
    known.set(image, found);
    return found;
  };
}

async function pin(image: string, engine: EngineClient, terminal: Terminal, session: Session) {
  const reference = withDefaultTag(parseReference(image));
  // The digest says all that the tag does.
  if (reference.digest !== undefined) return `${repositoryOf(reference)}@${reference.digest}`;
  const name = formatReference(reference);
  try {
    const { Descriptor } = await engine.call("DistributionInspect", {
      params: { name },
      headers: await registryAuthHeader(reference.domain, terminal, session),
    });
    return `${name}@${Descriptor.digest}`;
  } catch (error) {
    throw new EngineError("unavailable", `failed to resolve digest for ${name}: ${messageOf(error)}`, error);
  }
}
