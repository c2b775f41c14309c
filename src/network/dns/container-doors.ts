import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { messageOf } from "../../errors/engine-error.ts";
import type { DirectoryEvents } from "../../sys/directory-events.ts";
import { networkNamespaceId } from "../../sys/namespaces.ts";
import type { PollSet } from "../../sys/poll-set.ts";
import type { ResolvedContainer } from "../names.ts";
import { ContainerDoor } from "./container-door.ts";
import type { Forwarder } from "./forwarder.ts";
import type { Resolver } from "./resolver.ts";
import type { Timers } from "./timers.ts";
import type { Zone } from "./zone.ts";

export interface DoorsParts {
  readonly poll: PollSet;
  readonly timers: Timers;
  readonly zone: Zone;
  readonly forwarder: Forwarder;
  readonly resolver: Resolver;
  readonly directories: DirectoryEvents;
}

/** A container as the file of state keeps it. */
export interface KeptContainer {
  readonly container: ResolvedContainer;
  /** A namespace of another number is another one, though the path be the same. */
  readonly namespaceId: string;
}

interface Entry {
  readonly door: ContainerDoor;
  readonly namespaceId: string;
  container: ResolvedContainer;
  hasEnded: boolean;
}

/** All containers with a resolver: zone and sockets go together. */
export class ContainerDoors {
  readonly #parts: DoorsParts;
  readonly #entries = new Map<string, Entry>();

  constructor(parts: DoorsParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#entries.size;
  }

  get kept(): KeptContainer[] {
    return [...this.#entries.values()].map(({ container, namespaceId }) => ({ container, namespaceId }));
  }

  /** `again`: another resolver may have served this namespace before. */
  put(container: ResolvedContainer, again = false): void {
    const { containerId, sandboxPath } = container;
    const namespaceId = networkNamespaceId(sandboxPath);
    const entry = this.#entries.get(containerId);
    if (entry && entry.namespaceId === namespaceId) {
      entry.container = container;
      entry.hasEnded = false;
      this.#parts.zone.put(container);
      return;
    }
    this.remove(containerId);
    if (namespaceId === undefined) throw new Error(`there is no network namespace "${sandboxPath}"`);
    this.#parts.directories.watch(dirname(sandboxPath));
    const made: Entry = {
      container,
      namespaceId,
      hasEnded: false,
      door: new ContainerDoor({ ...this.#parts, asker: () => made.container }, sandboxPath, again),
    };
    this.#entries.set(containerId, made);
    this.#parts.zone.put(container);
  }

  remove(containerId: string): boolean {
    const entry = this.#entries.get(containerId);
    if (!entry) return false;
    this.#entries.delete(containerId);
    this.#parts.zone.remove(containerId);
    entry.door.close();
    this.#parts.forwarder.forget(containerId);
    return true;
  }

  /** Exactly these. A container that cannot be served does not keep the others from it. */
  replace(containers: readonly ResolvedContainer[]): string[] {
    const said: string[] = [];
    const wanted = new Set(containers.map(({ containerId }) => containerId));
    for (const containerId of [...this.#entries.keys()]) {
      if (wanted.has(containerId)) continue;
      this.remove(containerId);
      said.push(`names of container ${containerId.slice(0, 12)} were left over and are gone`);
    }
    for (const container of containers) {
      const { containerId } = container;
      const had = this.#entries.has(containerId);
      try {
        this.put(container, true);
        if (!had) said.push(`container ${containerId.slice(0, 12)} can look names up again`);
      } catch (error) {
        said.push(`container ${containerId.slice(0, 12)} cannot look names up: ${messageOf(error)}`);
      }
    }
    return said;
  }

  /** A dead replica must not be given out as an answer, though nobody is there to take its network back. */
  forgetEnded(): void {
    for (const [containerId, entry] of this.#entries) {
      if (entry.hasEnded || !existsSync(entry.container.endFile)) continue;
      entry.hasEnded = true;
      this.#parts.zone.remove(containerId);
    }
  }

  /**
   * Lets go of namespaces that were dropped: only our sockets keep them and their interfaces alive
   * now. Needed when nobody told, because the engine died in between. Tells whether there were any.
   */
  removeDropped(): boolean {
    let any = false;
    for (const [containerId, { container, namespaceId }] of [...this.#entries]) {
      if (networkNamespaceId(container.sandboxPath) === namespaceId) continue;
      this.remove(containerId);
      any = true;
    }
    return any;
  }
}
