/** `repo` and `tag` of a query as one reference; no repository means no name. */
export function referenceOf(repository: string | undefined, tag: string | undefined): string | undefined {
  if (repository === undefined) return undefined;
  if (tag === undefined) return repository;
  return `${repository}${tag.includes(":") ? "@" : ":"}${tag}`;
}
