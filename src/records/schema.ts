import type { Database } from "bun:sqlite";
import { EngineError } from "../errors/engine-error.ts";

/**
 * One step per released shape of the database; `user_version` counts the steps done.
 * Records are JSON documents beside the columns that must be unique or searched.
 * Steps are only ever added.
 */
const steps: readonly string[] = [
  `
  CREATE TABLE settings   (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE containers (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, doc TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE execs      (id TEXT PRIMARY KEY, container TEXT NOT NULL, doc TEXT NOT NULL) WITHOUT ROWID;
  CREATE INDEX execs_by_container ON execs (container);
  CREATE TABLE images     (id TEXT PRIMARY KEY, doc TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE refs       (name TEXT PRIMARY KEY, image TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE volumes    (name TEXT PRIMARY KEY, doc TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE networks   (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, doc TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE addresses  (network TEXT NOT NULL, address TEXT NOT NULL, container TEXT NOT NULL,
                           PRIMARY KEY (network, address)) WITHOUT ROWID;
  CREATE INDEX addresses_by_container ON addresses (network, container);
  `,
  `
  CREATE TABLE blob_sources (blob TEXT NOT NULL, repository TEXT NOT NULL,
                             PRIMARY KEY (blob, repository)) WITHOUT ROWID;
  `,
  `
  CREATE TABLE build_cache (id TEXT PRIMARY KEY, key TEXT UNIQUE, place TEXT NOT NULL, doc TEXT NOT NULL,
                            entries BLOB, size INTEGER, last_used TEXT, uses INTEGER NOT NULL DEFAULT 0);
  CREATE INDEX build_cache_by_place ON build_cache (place);
  CREATE TABLE build_definitions (definition TEXT PRIMARY KEY, id TEXT NOT NULL) WITHOUT ROWID;
  CREATE INDEX build_definitions_by_id ON build_definitions (id);
  `,
];

export function migrate(database: Database): void {
  const row = database.query("PRAGMA user_version").get() as { user_version: number };
  if (row.user_version > steps.length) {
    throw new EngineError(
      "unavailable",
      `open the database: it was written by a newer version (schema ${row.user_version}, this one knows ${steps.length})`,
    );
  }
  for (let version = row.user_version; version < steps.length; version++) {
    database.transaction(() => {
      database.run(steps[version] ?? "");
      database.run(`PRAGMA user_version = ${version + 1}`);
    })();
  }
}
