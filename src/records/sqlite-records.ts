import { Database, type Statement } from "bun:sqlite";
import { conflict } from "../errors/engine-error.ts";
import type { Digest } from "../oci/digest.ts";
import type { ContainerRecord } from "./container-record.ts";
import type { ExecRecord } from "./exec-record.ts";
import type { ImageRecord, ReferenceRecord } from "./image-record.ts";
import type { AddressRecord, NetworkRecord } from "./network-record.ts";
import type {
  ContainerTable,
  ExecTable,
  ImageTable,
  NetworkTable,
  Records,
  SettingsTable,
  VolumeTable,
} from "./records.ts";
import { migrate } from "./schema.ts";
import { buildCacheTable } from "./sqlite-build-cache.ts";
import type { VolumeRecord } from "./volume-record.ts";

/** Opens (or makes) the database; `:memory:` gives one for tests. */
export function openRecords(file: string): Records {
  const database = new Database(file, { create: true, strict: true });
  // First: already the next line may have to wait for a process that is just closing the file.
  database.run("PRAGMA busy_timeout = 5000");
  database.run("PRAGMA journal_mode = WAL");
  database.run("PRAGMA synchronous = FULL");
  migrate(database);
  return {
    containers: containerTable(database),
    execs: execTable(database),
    images: imageTable(database),
    volumes: volumeTable(database),
    networks: networkTable(database),
    buildCache: buildCacheTable(database),
    settings: settingsTable(database),
    transaction: (work) => database.transaction(work)(),
    close: () => database.close(),
  };
}

/** Statements are prepared on first use: most starts of the engine need few of them. */
function statement(database: Database, sql: string): () => Statement {
  let prepared: Statement | undefined;
  return () => {
    prepared ??= database.prepare(sql);
    return prepared;
  };
}

interface Row {
  doc: string;
}

const parsed = <T>(rows: unknown): T[] => (rows as Row[]).map((row) => JSON.parse(row.doc) as T);
const parsedOne = <T>(row: unknown): T | undefined => (row ? (JSON.parse((row as Row).doc) as T) : undefined);

function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && "code" in error && String(error.code).startsWith("SQLITE_CONSTRAINT");
}

function containerTable(database: Database): ContainerTable {
  const list = statement(database, "SELECT doc FROM containers");
  const get = statement(database, "SELECT doc FROM containers WHERE id = ?");
  const holder = statement(database, "SELECT id FROM containers WHERE name = ?");
  const insert = statement(database, "INSERT INTO containers (id, name, doc) VALUES (?, ?, ?)");
  const update = statement(database, "UPDATE containers SET name = ?2, doc = ?3 WHERE id = ?1");
  const remove = statement(database, "DELETE FROM containers WHERE id = ?");
  const write = (how: () => Statement, record: ContainerRecord) => {
    try {
      how().run(record.id, record.name, JSON.stringify(record));
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      const id = (holder().get(record.name) as { id: string } | null)?.id ?? "";
      throw conflict(
        `Conflict. The container name "/${record.name}" is already in use by container "${id}". You have to remove (or rename) that container to be able to reuse that name.`,
      );
    }
  };
  return {
    list: () => parsed<ContainerRecord>(list().all()),
    get: (id) => parsedOne<ContainerRecord>(get().get(id)),
    insert: (record) => write(insert, record),
    update: (record) => write(update, record),
    remove: (id) => void remove().run(id),
  };
}

function execTable(database: Database): ExecTable {
  const list = statement(database, "SELECT doc FROM execs");
  const get = statement(database, "SELECT doc FROM execs WHERE id = ?");
  const put = statement(database, "INSERT OR REPLACE INTO execs (id, container, doc) VALUES (?, ?, ?)");
  const remove = statement(database, "DELETE FROM execs WHERE id = ?");
  const removeAll = statement(database, "DELETE FROM execs WHERE container = ?");
  return {
    list: () => parsed<ExecRecord>(list().all()),
    get: (id) => parsedOne<ExecRecord>(get().get(id)),
    put: (record) => void put().run(record.id, record.containerId, JSON.stringify(record)),
    remove: (id) => void remove().run(id),
    removeOfContainer: (id) => void removeAll().run(id),
  };
}

function imageTable(database: Database): ImageTable {
  const list = statement(database, "SELECT doc FROM images");
  const get = statement(database, "SELECT doc FROM images WHERE id = ?");
  const put = statement(database, "INSERT OR REPLACE INTO images (id, doc) VALUES (?, ?)");
  const remove = statement(database, "DELETE FROM images WHERE id = ?");
  const references = statement(database, "SELECT name, image FROM refs ORDER BY name");
  const reference = statement(database, "SELECT name, image FROM refs WHERE name = ?");
  const setReference = statement(database, "INSERT OR REPLACE INTO refs (name, image) VALUES (?, ?)");
  const removeReference = statement(database, "DELETE FROM refs WHERE name = ?");
  const sources = statement(
    database,
    "SELECT repository FROM blob_sources WHERE blob = ? ORDER BY repository",
  );
  const addSource = statement(
    database,
    "INSERT OR IGNORE INTO blob_sources (blob, repository) VALUES (?, ?)",
  );
  const forgetSources = statement(database, "DELETE FROM blob_sources WHERE blob = ?");
  return {
    list: () => parsed<ImageRecord>(list().all()),
    get: (id) => parsedOne<ImageRecord>(get().get(id)),
    put: (record) => void put().run(record.id, JSON.stringify(record)),
    remove: (id: Digest) => void remove().run(id),
    references: () => references().all() as ReferenceRecord[],
    reference: (name) => (reference().get(name) as ReferenceRecord | null) ?? undefined,
    setReference: (record) => void setReference().run(record.name, record.image),
    removeReference: (name) => void removeReference().run(name),
    sources: (blob) => (sources().all(blob) as { repository: string }[]).map(({ repository }) => repository),
    addSources: (repository, blobs) =>
      database.transaction(() => {
        for (const blob of blobs) addSource().run(blob, repository);
      })(),
    forgetSources: (blob) => void forgetSources().run(blob),
  };
}

function volumeTable(database: Database): VolumeTable {
  const list = statement(database, "SELECT doc FROM volumes ORDER BY name");
  const get = statement(database, "SELECT doc FROM volumes WHERE name = ?");
  const insert = statement(database, "INSERT INTO volumes (name, doc) VALUES (?, ?)");
  const remove = statement(database, "DELETE FROM volumes WHERE name = ?");
  return {
    list: () => parsed<VolumeRecord>(list().all()),
    get: (name) => parsedOne<VolumeRecord>(get().get(name)),
    insert: (record) => {
      try {
        insert().run(record.name, JSON.stringify(record));
      } catch (error) {
        if (isUniqueViolation(error)) throw conflict(`volume name "${record.name}" is already in use`);
        throw error;
      }
    },
    remove: (name) => void remove().run(name),
  };
}

function networkTable(database: Database): NetworkTable {
  const list = statement(database, "SELECT doc FROM networks");
  const get = statement(database, "SELECT doc FROM networks WHERE id = ?");
  const insert = statement(database, "INSERT INTO networks (id, name, doc) VALUES (?, ?, ?)");
  const remove = statement(database, "DELETE FROM networks WHERE id = ?");
  const removeAddresses = statement(database, "DELETE FROM addresses WHERE network = ?");
  const addresses = statement(
    database,
    'SELECT network AS "networkId", address, container AS "containerId" FROM addresses WHERE network = ?',
  );
  const take = statement(database, "INSERT INTO addresses (network, address, container) VALUES (?, ?, ?)");
  const release = statement(database, "DELETE FROM addresses WHERE network = ? AND container = ?");
  return {
    list: () => parsed<NetworkRecord>(list().all()),
    get: (id) => parsedOne<NetworkRecord>(get().get(id)),
    insert: (record) => {
      try {
        insert().run(record.id, record.name, JSON.stringify(record));
      } catch (error) {
        if (isUniqueViolation(error)) throw conflict(`network with name ${record.name} already exists`);
        throw error;
      }
    },
    remove: (id) =>
      database.transaction(() => {
        removeAddresses().run(id);
        remove().run(id);
      })(),
    addresses: (networkId) => addresses().all(networkId) as AddressRecord[],
    takeAddress: (record) => {
      try {
        take().run(record.networkId, record.address, record.containerId);
      } catch (error) {
        if (isUniqueViolation(error)) throw conflict("Address already in use");
        throw error;
      }
    },
    releaseAddresses: (networkId, containerId) => void release().run(networkId, containerId),
  };
}

function settingsTable(database: Database): SettingsTable {
  const get = statement(database, "SELECT value FROM settings WHERE key = ?");
  const set = statement(database, "INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)");
  return {
    get: (key) => (get().get(key) as { value: string } | null)?.value,
    set: (key, value) => void set().run(key, value),
  };
}
