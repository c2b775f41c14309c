import type { EngineClient } from "../../../client/engine-client.ts";
import { jsonMessages } from "../../../client/json-messages.ts";
import { labels } from "../../../compose/labels.ts";
import { isKind } from "../../../errors/engine-error.ts";
import type { EventMessage } from "../../../protocol/generated/types.ts";
import { projectContainers } from "../project-containers.ts";
import { containerOfEvent, containerOfSummary, type ProjectContainer } from "./project-container.ts";

/** What happens to the containers of a project while somebody looks. */
export type ContainerChange =
  | { readonly kind: "created" | "started"; readonly container: ProjectContainer }
  | {
      readonly kind: "exited";
      readonly container: ProjectContainer;
      readonly code: number;
      /** The engine starts it again. */
      readonly restarts: boolean;
    };

/** Containers as logs speak of them, those of one-off runs left out, as far as they are wanted. */
export async function wantedContainers(
  engine: EngineClient,
  project: string,
  isWanted: (container: ProjectContainer) => boolean,
): Promise<ProjectContainer[]> {
  const found = await projectContainers(engine, project, { all: true });
  return found.map(containerOfSummary).filter(isWanted);
}

/** Changes of the project's containers from the moment this has been called. */
export async function openChanges(
  engine: EngineClient,
  project: string,
  isWanted: (container: ProjectContainer) => boolean,
  signal: AbortSignal,
): Promise<AsyncGenerator<ContainerChange>> {
  const filters = { type: ["container"], label: [`${labels.project}=${project}`] };
  const response = await engine.stream("SystemEvents", {
    query: { filters: JSON.stringify(filters) },
    signal,
  });
  return changes(engine, response.body, isWanted);
}

async function* changes(
  engine: EngineClient,
  body: ReadableStream<Uint8Array> | null,
  isWanted: (container: ProjectContainer) => boolean,
): AsyncGenerator<ContainerChange> {
  for await (const event of jsonMessages<EventMessage>(body)) {
    const container = containerOfEvent(event);
    if (container.oneOff || !isWanted(container)) continue;
    switch (event.Action) {
      case "create":
        yield { kind: "created", container };
        break;
      case "start":
        yield { kind: "started", container };
        break;
      case "die": {
        const code = Number(event.Actor?.Attributes?.exitCode ?? 0);
        yield { kind: "exited", container, code, restarts: await restarts(engine, container.id) };
      }
    }
  }
}

/** By its restart policy the state says so; by `restart` it is still called running. */
async function restarts(engine: EngineClient, id: string): Promise<boolean> {
  try {
    const { State: state } = await engine.call("ContainerInspect", { params: { id } });
    return Boolean(state?.Restarting || state?.Running);
  } catch (error) {
    if (isKind(error, "not_found")) return false;
    throw error;
  }
}
