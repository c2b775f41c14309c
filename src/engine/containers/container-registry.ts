import { conflict, invalidArgument, notFound } from "../../errors/engine-error.ts";
import type { ContainerId, ContainerRecord } from "../../records/container-record.ts";
import type { Records } from "../../records/records.ts";
import { LiveContainer } from "./live-container.ts";

/** All containers of this engine, found as users name them. Writes go to the records first. */
export class ContainerRegistry {
  readonly #records: Records;
  readonly #byId = new Map<ContainerId, LiveContainer>();
  readonly #byName = new Map<string, LiveContainer>();
  readonly #watchers = new Set<(added: LiveContainer) => void>();

  constructor(records: Records) {
    this.#records = records;
    for (const record of records.containers.list()) this.#index(new LiveContainer(record));
  }

  all(): LiveContainer[] {
    return [...this.#byId.values()];
  }

  get(id: string): LiveContainer | undefined {
    return this.#byId.get(id as ContainerId);
  }

  hasName(name: string): boolean {
    return this.#byName.has(name);
  }

  /** By id, name or unique prefix of an id; throws Docker's sentence when there is none. */
  find(nameOrId: string): LiveContainer {
    const found = this.lookUp(nameOrId);
    if (!found) throw notFound(`No such container: ${nameOrId}`);
    return found;
  }

  lookUp(nameOrId: string): LiveContainer | undefined {
    if (nameOrId === "") throw invalidArgument("No container name or ID supplied");
    const name = nameOrId.startsWith("/") ? nameOrId.slice(1) : nameOrId;
    const exact = this.get(nameOrId) ?? this.#byName.get(name);
    if (exact || !/^[0-9a-f]+$/.test(nameOrId)) return exact;
    const matches = this.all().filter((container) => container.id.startsWith(nameOrId));
    if (matches.length > 1) throw conflict(`Multiple IDs found with provided prefix: ${nameOrId}`);
    return matches[0];
  }

  add(record: ContainerRecord): LiveContainer {
    this.#records.containers.insert(record);
    const container = new LiveContainer(record);
    this.#index(container);
    for (const watcher of this.#watchers) watcher(container);
    return container;
  }

  /** `watcher` is told of every new container before anybody else can know it. */
  watchAdded(watcher: (added: LiveContainer) => void): Disposable {
    this.#watchers.add(watcher);
    return { [Symbol.dispose]: () => void this.#watchers.delete(watcher) };
  }

  /** Changes parts of the record, durably. */
  update(container: LiveContainer, change: Partial<ContainerRecord>): void {
    const record = { ...container.record, ...change };
    this.#records.containers.update(record);
    if (record.name !== container.record.name) {
      this.#byName.delete(container.record.name);
      this.#byName.set(record.name, container);
    }
    container.record = record;
  }

  remove(container: LiveContainer): void {
    this.#records.transaction(() => {
      this.#records.execs.removeOfContainer(container.id);
      this.#records.containers.remove(container.id);
    });
    this.#byId.delete(container.id);
    if (this.#byName.get(container.record.name) === container) this.#byName.delete(container.record.name);
  }

  #index(container: LiveContainer): void {
    this.#byId.set(container.id, container);
    this.#byName.set(container.record.name, container);
  }
}
