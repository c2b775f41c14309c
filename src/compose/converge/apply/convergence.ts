import type { ApiVersion } from "../../../protocol/versions.ts";
import type { ComposeContext } from "../../compose-context.ts";
import type { ContainersOf, ServiceImage } from "../../create/container-body.ts";
import type { Project } from "../../model/project.ts";
import type { Service } from "../../model/service.ts";
import { observeContainers } from "../../observe/observe-project.ts";
import type { ObservedContainer, ObservedProject } from "../../observe/observed.ts";
import type { UpOptions } from "../up-options.ts";

/** What one run towards the wanted state knows, and what it has brought about so far. */
export class Convergence {
  readonly #containers = new Map<string, ObservedContainer>();

  constructor(
    readonly context: ComposeContext,
    readonly project: Project,
    readonly options: Pick<UpOptions, "timeout" | "renewAnonymousVolumes">,
    readonly images: ReadonlyMap<string, ServiceImage>,
    readonly apiVersion: ApiVersion,
    observed: ObservedProject,
  ) {
    for (const container of observed.containers) if (!container.oneOff) this.put(container);
  }

  put(container: ObservedContainer): void {
    this.#containers.set(container.id, container);
  }

  drop({ id }: ObservedContainer): void {
    this.#containers.delete(id);
  }

  /** Looks again, when the engine says that something is other than it was. */
  async refresh(): Promise<void> {
    const containers = await observeContainers(this.context.engine, this.project.name);
    this.#containers.clear();
    for (const container of containers) if (!container.oneOff) this.put(container);
  }

  get containers(): readonly ObservedContainer[] {
    return [...this.#containers.values()];
  }

  /** The one in a place of its service. */
  at(service: string, number: number): ObservedContainer | undefined {
    return this.containers.find(
      (each) => each.service === service && each.number === number && !each.replaces,
    );
  }

  /** Those that stand, by service: what others refer to. */
  get containersOf(): ContainersOf {
    const byService = new Map<string, ObservedContainer[]>();
    for (const container of this.containers) {
      if (container.replaces) continue;
      byService.set(container.service, [...(byService.get(container.service) ?? []), container]);
    }
    return byService;
  }

  service(name: string): Service {
    const service = this.project.services[name];
    if (!service)
      throw new Error(`a step speaks of the service ${JSON.stringify(name)}, the project does not`);
    return service;
  }
}
