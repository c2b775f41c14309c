import { conflict, EngineError, isKind, notFound } from "../../errors/engine-error.ts";
import { failpoint } from "../../lib/failpoint.ts";
import { now } from "../../lib/timestamp.ts";
import type { VolumeRecord } from "../../records/volume-record.ts";
import type { EngineContext } from "../context.ts";
import type { Filters } from "../filters.ts";
import { parsePruneFilters } from "../prune-filters.ts";
import type { PruneReport } from "../services/prune-report.ts";
import type { VolumeService, VolumeView } from "../services/volumes.ts";
import { selectVolumes } from "./list-filters.ts";

export function volumeService(context: EngineContext): VolumeService {
  return {
    list: async (filters) =>
      selectVolumes(context.records.volumes.list(), filters, (name) => usersOf(context, name).length > 0).map(
        (record) => view(context, record),
      ),
    create: async (request) => {
      const record = await createVolume(context, { ...request, anonymous: request.name === "" });
      return view(context, record);
    },
    inspect: async (name) => view(context, find(context, name)),
    remove: (name, force) => removeVolume(context, name, { force }),
    prune: (filters) => pruneVolumes(context, filters),
  };
}

function view(context: EngineContext, record: VolumeRecord): VolumeView {
  return { record, mountpoint: context.volumes.mountpoint(record) };
}

function find(context: EngineContext, name: string): VolumeRecord {
  const record = context.records.volumes.get(name);
  if (!record) throw notFound(`get ${name}: no such volume`);
  return record;
}

/** Ids of containers that name this volume, running or not. */
export function usersOf(context: EngineContext, name: string): string[] {
  return context.containers
    .all()
    .filter((container) =>
      container.record.mounts.some((mount) => mount.type === "volume" && mount.name === name),
    )
    .map((container) => container.id);
}

export interface NewVolume {
  readonly name: string;
  readonly driver: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, string>>;
  readonly anonymous: boolean;
}

/** Makes a volume, or gives back the one of that name if it is the same. The directory comes first, the record last. */
export async function createVolume(context: EngineContext, wanted: NewVolume): Promise<VolumeRecord> {
  const name =
    wanted.name === ""
      ? Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("hex")
      : wanted.name;
  const driver = wanted.driver || "local";
  if (driver !== context.volumes.name) {
    throw notFound(`create ${name}: error looking up volume plugin ${driver}: plugin "${driver}" not found`);
  }
  return context.locks.run(`volume:${name}`, async () => {
    const existing = context.records.volumes.get(name);
    if (existing) {
      if (existing.driver === driver && sameOptions(existing.options, wanted.options)) return existing;
      throw conflict(
        `create ${name}: volume ${name} exists with different options: remove it first or use another name`,
      );
    }
    const record: VolumeRecord = {
      name,
      driver,
      created: now(),
      labels: wanted.anonymous ? { "com.docker.volume.anonymous": "", ...wanted.labels } : wanted.labels,
      options: wanted.options,
      anonymous: wanted.anonymous,
    };
    try {
      await context.volumes.create(record);
    } catch (error) {
      if (error instanceof EngineError)
        throw new EngineError(error.kind, `create ${name}: ${error.message}`, error);
      throw error;
    }
    await failpoint("volume.record");
    context.records.volumes.insert(record);
    context.events.publish("volume", "create", name, { driver });
    return record;
  });
}

function sameOptions(
  left: Readonly<Record<string, string>>,
  right: Readonly<Record<string, string>>,
): boolean {
  // A request without options means "whatever it is", as in Docker.
  const keys = Object.keys(right);
  return (
    keys.length === 0 ||
    (keys.length === Object.keys(left).length && keys.every((key) => left[key] === right[key]))
  );
}

/** `exceptUser` is a container that is being removed itself: it does not hold the volume any more. */
export async function removeVolume(
  context: EngineContext,
  name: string,
  options: { force: boolean; exceptUser?: string },
): Promise<void> {
  await context.locks.run(`volume:${name}`, async () => {
    const record = context.records.volumes.get(name);
    if (!record) {
      if (options.force) return;
      throw notFound(`get ${name}: no such volume`);
    }
    const users = usersOf(context, name).filter((id) => id !== options.exceptUser);
    if (users.length > 0) throw conflict(`remove ${name}: volume is in use - [${users.join(", ")}]`);
    // The data first: a crash in between brings an empty volume back, never data that nobody knows of.
    await context.volumes.remove(record);
    await failpoint("volume.remove");
    context.records.volumes.remove(name);
    context.events.publish("volume", "destroy", name, { driver: record.driver });
  });
}

async function pruneVolumes(context: EngineContext, filters: Filters): Promise<PruneReport> {
  const filter = parsePruneFilters("volume", filters);
  const deleted: string[] = [];
  let spaceReclaimed = 0;
  for (const record of context.records.volumes.list()) {
    if (!filter.all && !record.anonymous) continue;
    if (usersOf(context, record.name).length > 0) continue;
    if (!filter.matches({ created: record.created, labels: record.labels })) continue;
    const size = await context.volumes.usage(record);
    try {
      await removeVolume(context, record.name, { force: false });
    } catch (error) {
      if (isKind(error, "conflict") || isKind(error, "not_found")) continue;
      throw error;
    }
    deleted.push(record.name);
    spaceReclaimed += size;
  }
  context.events.publish("volume", "prune", "", { reclaimed: String(spaceReclaimed) });
  return { deleted, spaceReclaimed };
}
