import { notFound } from "../../errors/engine-error.ts";
import { familiarName, familiarReference, type Reference } from "../../oci/reference.ts";
import { RegistryRefusal } from "./registry-refusal.ts";

/** What a registry refused a pull with, in the sentences that clients of Docker look for. */
export function pullRefusal(error: unknown, reference: Reference): unknown {
  if (!(error instanceof RegistryRefusal)) return error;
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
