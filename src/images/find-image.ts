import { conflict, isKind, notFound } from "../errors/engine-error.ts";
import { type Digest, hexOf, isDigest } from "../oci/digest.ts";
import type { Platform } from "../oci/platform.ts";
import { familiarReference, parseReference, type Reference, withDefaultTag } from "../oci/reference.ts";
import type { ImageTable } from "../records/records.ts";
import type { ImageTags } from "./image-tags.ts";

/**
 * The image a person means: a whole id, a name, or the beginning of an id. Names win over
 * beginnings of ids, as with Docker.
 */
export function findImage(asked: string, table: ImageTable, tags: ImageTags): Digest {
  const whole = /^[a-f0-9]{64}$/.test(asked) ? `sha256:${asked}` : asked;
  if (isDigest(whole)) {
    if (table.get(whole)) return whole;
    throw notFound(`No such image: ${whole}`);
  }
  const reference = withDefaultTag(parsed(asked, table));
  const named = tags.lookUp(reference);
  if (named) return named;
  const byId = findByPrefix(asked, table);
  if (byId) return byId;
  throw notFound(`No such image: ${familiarReference(reference)}`);
}

/** An id may begin like no name can (`sha256:ab12`): then only ids are asked. */
function parsed(asked: string, table: ImageTable): Reference {
  try {
    return parseReference(asked);
  } catch (error) {
    if (isKind(error, "invalid_argument") && findByPrefix(asked, table)) return { domain: "", path: "" };
    throw error;
  }
}

function findByPrefix(asked: string, table: ImageTable): Digest | undefined {
  const hex = asked.replace(/^sha256:/, "");
  if (!/^[a-f0-9]{1,64}$/.test(hex)) return undefined;
  const found = table.list().filter(({ id }) => hexOf(id).startsWith(hex));
  if (found.length > 1) throw conflict(`multiple IDs found with provided prefix: ${asked}`);
  return found[0]?.id;
}

/** An image that does not name its variant fits any. */
export function fits(image: Platform, wanted: Platform): boolean {
  return (
    image.os === wanted.os &&
    image.architecture === wanted.architecture &&
    (wanted.variant === undefined || image.variant === undefined || image.variant === wanted.variant)
  );
}
