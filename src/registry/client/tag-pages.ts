import { internal, messageOf } from "../../errors/engine-error.ts";
import type { RegistryReply } from "../auth/reply.ts";

const longestPage = 16 * 1024 * 1024;
/** A list that goes on beyond this is made up on the way. */
const mostPages = 10_000;

/**
 * All tags, page by page along `Link: <…>; rel="next"`. A page that was seen, a page of
 * another server and a page that brings nothing new end it with an error.
 */
export async function* tagPages(
  first: URL,
  fetchPage: (url: URL) => Promise<RegistryReply>,
): AsyncGenerator<string> {
  const seen = new Set<string>();
  const pages = new Set<string>();
  for (let url: URL | undefined = first; url; ) {
    if (pages.has(url.href) || pages.size >= mostPages) throw endless(first);
    pages.add(url.href);
    const reply: RegistryReply = await fetchPage(url);
    const before = seen.size;
    for (const tag of tagsOf(await reply.text(longestPage))) {
      if (seen.has(tag)) continue;
      seen.add(tag);
      yield tag;
    }
    url = nextPage(reply.headers.get("link"), url);
    if (url && seen.size === before) throw endless(first);
  }
}

function endless(url: URL) {
  return internal(`the list of tags at ${JSON.stringify(`${url.origin}${url.pathname}`)} has no end`);
}

function tagsOf(text: string): string[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw internal(`invalid list of tags: ${messageOf(error)}`, error);
  }
  const tags = typeof value === "object" && value !== null && "tags" in value ? value.tags : undefined;
  if (tags === null) return [];
  if (!Array.isArray(tags) || !tags.every((tag) => typeof tag === "string")) {
    throw internal(`invalid list of tags: "tags" is not a list of strings`);
  }
  return tags;
}

/** RFC 8288, as far as registries use it. */
export function nextPage(link: string | null, from: URL): URL | undefined {
  const target = /<([^>]*)>\s*;[^,]*\brel="?next"?/.exec(link ?? "")?.[1];
  if (target === undefined) return undefined;
  const next = URL.canParse(target, from.href) ? new URL(target, from) : undefined;
  // A registry behind a proxy may name itself otherwise: the way it was reached stays.
  if (!next || !/^https?:$/.test(next.protocol))
    throw internal("the next page of tags has no usable address");
  return new URL(`${from.origin}${next.pathname}${next.search}`);
}
