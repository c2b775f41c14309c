import type { Database } from "bun:sqlite";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { BuildCacheEntries, BuildCacheRecord, BuildCacheRow, BuildCacheTable } from "./build-cache.ts";

interface Row {
  readonly doc: string;
  readonly size: number | null;
  readonly last_used: string | null;
  readonly uses: number;
}

const columns = "doc, size, last_used, uses";

/** Results of build steps. The doc has what is shown and compared; what is counted has columns. */
export function buildCacheTable(database: Database): BuildCacheTable {
  const all = (where: string, ...values: string[]) =>
    (database.query(`SELECT ${columns} FROM build_cache ${where}`).all(...values) as Row[]).map(rowOf);
  const remove = (id: string) => {
    database.query("DELETE FROM build_definitions WHERE id = ?").run(id);
    database.query("DELETE FROM build_cache WHERE id = ?").run(id);
  };
  const define = (definition: string, id: string) =>
    void database
      .query("INSERT OR REPLACE INTO build_definitions (definition, id) VALUES (?, ?)")
      .run(definition, id);
  return {
    list: () => all("ORDER BY rowid"),
    byKey: (key) => all("WHERE key = ?", key)[0],
    byDefinition: (definition) =>
      all("WHERE id = (SELECT id FROM build_definitions WHERE definition = ?)", definition)[0],
    get: (id) => all("WHERE id = ?", id)[0],
    atPlace: (place) => all("WHERE place = ? ORDER BY coalesce(last_used, '') DESC, rowid DESC", place),
    put: (record, entries, definition) =>
      database.transaction(() => {
        database
          .query("UPDATE build_cache SET key = NULL WHERE key = ? AND id != ?")
          .run(record.key, record.id);
        insert(database, record, entries);
        if (definition !== undefined) define(definition, record.id);
      })(),
    define,
    entries: (id) => entriesOf(database, id),
    used: (ids, at) =>
      database.transaction(() => {
        const update = database.query("UPDATE build_cache SET last_used = ?, uses = uses + 1 WHERE id = ?");
        for (const id of ids) update.run(at, id);
      })(),
    setSize: (id, size) => void database.query("UPDATE build_cache SET size = ? WHERE id = ?").run(size, id),
    remove: (id) => database.transaction(() => remove(id))(),
  };
}

function insert(database: Database, record: BuildCacheRecord, entries: BuildCacheEntries): void {
  const packed =
    Object.keys(entries).length === 0 ? null : zstdCompressSync(Buffer.from(JSON.stringify(entries)));
  database
    .query(
      "INSERT OR REPLACE INTO build_cache (id, key, place, doc, entries, last_used) VALUES (?, ?, ?, ?, ?, NULL)",
    )
    .run(record.id, record.key, record.place, JSON.stringify(record), packed);
}

function entriesOf(database: Database, id: string): BuildCacheEntries {
  const row = database.query("SELECT entries FROM build_cache WHERE id = ?").get(id) as {
    entries: Uint8Array | null;
  } | null;
  if (!row?.entries) return {};
  return JSON.parse(zstdDecompressSync(row.entries).toString("utf8")) as BuildCacheEntries;
}

function rowOf({ doc, size, last_used, uses }: Row): BuildCacheRow {
  const record = JSON.parse(doc) as BuildCacheRecord;
  return { ...record, size: size ?? undefined, lastUsedAt: last_used ?? undefined, usageCount: uses };
}
