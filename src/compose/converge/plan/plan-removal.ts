import type { Network } from "../../../protocol/generated/types.ts";
import { labels } from "../../labels.ts";
import type { Project } from "../../model/project.ts";

/** Networks made for the project under its keys and names; external ones stay. */
export function networksToRemove(project: Project, observed: readonly Network[]): Network[] {
  return Object.entries(project.networks).flatMap(([key, { name, external }]) => {
    if (external) return [];
    return observed.filter(
      ({ Name: bears, Labels: marks }) =>
        bears === name && marks?.[labels.project] === project.name && marks[labels.network] === key,
    );
  });
}

export function volumesToRemove(project: Project): string[] {
  return Object.values(project.volumes).flatMap(({ name, external }) => (external ? [] : [name]));
}
