import type { EngineClient } from "../../client/engine-client.ts";
import { invalidArgument, isKind, notFound } from "../../errors/engine-error.ts";
import type { ContainerSummary } from "../../protocol/generated/types.ts";
import { type Filters, filtersQuery } from "../flags/filter-flag.ts";

/** Which containers, in the words of the command line. */
export interface Choice {
  readonly names: readonly string[];
  readonly all: boolean;
  readonly filters: Filters;
  /** Of Compose, by its label. */
  readonly project: string;
}

export interface ChosenContainer {
  readonly id: string;
  readonly name: string;
  readonly tty: boolean;
}

export const projectLabel = "com.docker.compose.project";

/** Whether containers that come later belong to it as well. */
export function isOpenChoice({ all, filters, project }: Choice): boolean {
  return all || project !== "" || Object.keys(filters).length > 0;
}

/** The same as the engine's filters for lists; undefined for named containers. */
export function choiceFilters({ filters, project }: Choice): Filters {
  return project === ""
    ? filters
    : { ...filters, label: [...(filters.label ?? []), `${projectLabel}=${project}`] };
}

/** Named ones in the order they were given, then the others by name. Nothing at all is an error for a project. */
export async function chooseContainers(engine: EngineClient, choice: Choice): Promise<ChosenContainer[]> {
  const named = await Promise.all(choice.names.map((name) => inspectChosen(engine, name)));
  const listed = isOpenChoice(choice) ? await listChosen(engine, choice) : [];
  const known = new Set<string>();
  const chosen = [...named, ...listed].filter(({ id }) => !known.has(id) && known.add(id));
  if (chosen.length === 0 && choice.project !== "") {
    throw notFound(`no container belongs to the project ${JSON.stringify(choice.project)}`);
  }
  if (chosen.length === 0 && !isOpenChoice(choice)) throw invalidArgument("no container was named");
  return chosen;
}

async function listChosen(engine: EngineClient, choice: Choice): Promise<ChosenContainer[]> {
  const found = await engine.call("ContainerList", {
    query: { all: true, filters: filtersQuery(choiceFilters(choice)) },
  });
  const inspected = await Promise.all(found.map(({ Id: id }) => inspectOrGone(engine, id ?? "")));
  return inspected.filter((one) => one !== undefined).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** One that went away in the meantime is left out. */
export async function inspectOrGone(engine: EngineClient, id: string): Promise<ChosenContainer | undefined> {
  try {
    return await inspectChosen(engine, id);
  } catch (error) {
    if (isKind(error, "not_found")) return undefined;
    throw error;
  }
}

async function inspectChosen(engine: EngineClient, name: string): Promise<ChosenContainer> {
  const found = await engine.call("ContainerInspect", { params: { id: name } });
  return {
    id: found.Id ?? name,
    name: (found.Name ?? name).replace(/^\//, ""),
    tty: Boolean(found.Config?.Tty),
  };
}

/** In a project its name is known: `web-1` says enough. */
export function shownName(name: string, project: string): string {
  const rest = name.startsWith(project) ? name.slice(project.length) : "";
  return project !== "" && /^[-_]./.test(rest) ? rest.slice(1) : name;
}

/** Whether the engine's list, asked for just this container, has it: filters mean what they mean there. */
export async function isChosen(engine: EngineClient, choice: Choice, id: string): Promise<boolean> {
  if (!isOpenChoice(choice)) return false;
  const filters = { ...choiceFilters(choice), id: [id] };
  const found: ContainerSummary[] = await engine.call("ContainerList", {
    query: { all: true, filters: filtersQuery(filters) },
  });
  return found.length > 0;
}
