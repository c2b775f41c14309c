import { invalidArgument } from "../../errors/engine-error.ts";
import { searchRepositories } from "../../registry/search.ts";
import type { EngineContext } from "../context.ts";
import { booleanFilter, filterValues, refuseUnknownFilters } from "../filters.ts";
import type { SearchRequest, SearchResult } from "../services/images.ts";

/** `docker search`. Automated builds are history: who asks for them finds nothing. */
export async function searchImages(context: EngineContext, request: SearchRequest): Promise<SearchResult[]> {
  const { filters, term, limit, credentials, signal } = request;
  refuseUnknownFilters(filters, ["is-automated", "is-official", "stars"]);
  const isOfficial = booleanFilter(filters, "is-official");
  const stars = Math.max(0, ...filterValues(filters, "stars").map(parseStars));
  if (booleanFilter(filters, "is-automated")) return [];
  const { insecureRegistries } = context.settings;
  const found = await searchRepositories(term, limit, credentials, { insecureRegistries }, signal);
  return found.filter(
    (result) => (isOfficial === undefined || result.isOfficial === isOfficial) && result.starCount >= stars,
  );
}

function parseStars(text: string): number {
  if (/^[+-]?\d+$/.test(text)) return Number(text);
  throw invalidArgument(
    `invalid filter 'stars=${text}': strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`,
  );
}
