import { invalidArgument, messageOf } from "../../errors/engine-error.ts";
import type { StoredImage } from "../../images/stored-image.ts";
import { compileGlob } from "../../lib/glob.ts";
import type { Filters } from "../filters.ts";
import { booleanFilter, filterValues, matchesLabels, refuseUnknownFilters } from "../filters.ts";
import { nanosOf, parseMoment } from "../moments.ts";

const accepted = ["before", "dangling", "label", "reference", "since", "until"];

/**
 * What `docker images` shows, newest first. Steps of a build that have children and no name
 * are shown with `all` only. A `reference` filter also narrows the names shown to those that
 * match. `find` looks up the images named by `before` and `since`, and throws for unknown ones.
 */
export async function selectImages(
  images: readonly StoredImage[],
  query: { readonly all: boolean; readonly filters: Filters },
  find: (name: string) => Promise<StoredImage>,
): Promise<StoredImage[]> {
  const { filters } = query;
  refuseUnknownFilters(filters, accepted);
  const dangling = booleanFilter(filters, "dangling");
  const span = await timeSpan(filters, find);
  const patterns = filterValues(filters, "reference").map(compileGlob);
  const parents = new Set(images.map((image) => image.parent));
  const selected = images.flatMap((image) => {
    const hasName = image.tags.length > 0 || image.repoDigests.length > 0;
    const isStep = !hasName && parents.has(image.id);
    if (isStep && (!query.all || dangling === true)) return [];
    const refused = dangling === true ? image.tags.length > 0 : dangling === false && !hasName;
    if (refused || !isWithin(image, span)) return [];
    if (!matchesLabels(filters, "label", image.config.config?.Labels ?? {})) return [];
    return patterns.length === 0 ? [image] : narrowNames(image, patterns);
  });
  return selected.sort((a, b) => {
    const [left, right] = [createdNanos(a), createdNanos(b)];
    return left < right ? 1 : left > right ? -1 : 0;
  });
}

interface TimeSpan {
  readonly after: bigint | undefined;
  readonly before: bigint | undefined;
}

/** Images may lack a date (reproducible builds): they count as made at the epoch. */
const createdNanos = (image: StoredImage) => (image.created === "" ? 0n : nanosOf(image.created));

function isWithin(image: StoredImage, span: TimeSpan): boolean {
  const created = createdNanos(image);
  return (
    (span.before === undefined || created < span.before) && (span.after === undefined || created > span.after)
  );
}

/** Several values narrow each other: the oldest `before` and `until`, the newest `since`. */
async function timeSpan(filters: Filters, find: (name: string) => Promise<StoredImage>): Promise<TimeSpan> {
  const now = BigInt(Date.now()) * 1_000_000n;
  const createdOf = async (name: string) => createdNanos(await find(name));
  const until = filterValues(filters, "until").map((text) => parseUntil(text, now));
  const before = await Promise.all(filterValues(filters, "before").map(createdOf));
  const since = await Promise.all(filterValues(filters, "since").map(createdOf));
  return {
    before: [...before, ...until].reduce<bigint | undefined>(
      (least, one) => (least === undefined || one < least ? one : least),
      undefined,
    ),
    after: since.reduce<bigint | undefined>(
      (most, one) => (most === undefined || one > most ? one : most),
      undefined,
    ),
  };
}

function parseUntil(text: string, now: bigint): bigint {
  try {
    return parseMoment(text, now);
  } catch (error) {
    throw invalidArgument(`invalid value for 'until' filter: ${messageOf(error)}`, error);
  }
}

function narrowNames(image: StoredImage, patterns: readonly ((text: string) => boolean)[]): StoredImage[] {
  const isWanted = (name: string) => formsOf(name).some((form) => patterns.some((matches) => matches(form)));
  const tags = image.tags.filter(isWanted);
  const repoDigests = image.repoDigests.filter(isWanted);
  return tags.length + repoDigests.length > 0 ? [{ ...image, tags, repoDigests }] : [];
}

/** A familiar name with and without tag, short and in full. */
export function formsOf(name: string): string[] {
  const bare = withoutTag(name);
  const full = fullName(bare);
  return [name, bare, full + name.slice(bare.length), full];
}

/** `registry:5000/a/b:tag` or `…@digest` without the tag or digest. */
export function withoutTag(name: string): string {
  const bare = name.split("@", 1)[0] ?? name;
  const colon = bare.lastIndexOf(":");
  return colon > bare.lastIndexOf("/") ? bare.slice(0, colon) : bare;
}

function fullName(bare: string): string {
  const [first = "", ...rest] = bare.split("/");
  if (rest.length === 0) return `docker.io/library/${bare}`;
  return first.includes(".") || first.includes(":") || first === "localhost" ? bare : `docker.io/${bare}`;
}
