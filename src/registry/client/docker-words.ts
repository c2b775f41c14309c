import { EngineError, notFound } from "../../errors/engine-error.ts";
import { familiarName, familiarReference, type Reference } from "../../oci/reference.ts";
import { noCredentials } from "./authorizer.ts";
import { hubDomain } from "./endpoint.ts";
import { RegistryRefusal } from "./registry-refusal.ts";

/** What a registry refused a pull with, in the sentences that clients of Docker look for. */
export function pullRefusal(error: unknown, reference: Reference): unknown {
  if (!(error instanceof RegistryRefusal)) return missingLogin(error, reference);
  const [first] = error.codes;
  const name = familiarName(reference);
  switch (first) {
    case "DENIED":
      return notFound(
        `pull access denied for ${name}, repository does not exist or may require 'docker login': ${error.message}`,
      );
    case "MANIFEST_UNKNOWN":
      return notFound(`manifest for ${familiarReference(reference)} not found: ${error.message}`);
    case "NAME_UNKNOWN":
      return notFound(`repository ${name} not found: ${error.message}`);
    default:
      return error;
  }
}

/** Docker's words for a missing password tell nobody what to do: the line to type comes after them. */
export function missingLogin(error: unknown, { domain }: Pick<Reference, "domain">): unknown {
  if (!(error instanceof EngineError) || !error.message.endsWith(noCredentials)) return error;
  const host = domain === hubDomain ? "" : ` ${domain}`;
  return new EngineError(error.kind, `${error.message}: log in with 'docker login${host}'`, error.cause);
}
