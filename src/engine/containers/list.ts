import { isKind } from "../../errors/engine-error.ts";
import type { Digest } from "../../oci/digest.ts";
import type { EngineContext } from "../context.ts";
import { withDescendants } from "../images/descendants.ts";
import type { ContainerListQuery, ContainerView } from "../services/containers.ts";
import { selectContainers } from "./list-filters.ts";
import { viewContainers } from "./view.ts";

/** `docker ps`: newest first; a limit or a status filter looks at stopped ones too. */
export async function listContainers(
  context: EngineContext,
  query: ContainerListQuery,
): Promise<ContainerView[]> {
  const ancestors = await ancestorsOf(context, query);
  const records = context.containers.all().map((container) => container.record);
  const chosen = selectContainers(records, query, { ancestors }).map(({ id }) => context.containers.find(id));
  return viewContainers(context, chosen, { size: query.size, details: false });
}

/** Images the `ancestor` filter names, and all made from them; an unknown one matches nothing. */
async function ancestorsOf(context: EngineContext, query: ContainerListQuery): Promise<ReadonlySet<Digest>> {
  const named = query.filters.get("ancestor") ?? [];
  if (named.length === 0) return new Set();
  const ids: Digest[] = [];
  for (const name of named) {
    try {
      ids.push((await context.images.find(name)).id);
    } catch (error) {
      if (!isKind(error, "not_found")) throw error;
    }
  }
  return withDescendants(ids, await context.images.list());
}
