import { posix } from "node:path";
import type { EngineClient } from "../../client/engine-client.ts";
import { isKind } from "../../errors/engine-error.ts";
import { TarReader } from "../../lib/tar/tar-reader.ts";
import type { FileFacts, FileView } from "./look-at-program.ts";

/** The file system of a container, running or not, through the archive calls of any engine. */
export class ContainerFiles implements FileView {
  readonly #engine: EngineClient;
  readonly #container: string;
  /** Paths behind links, by the path that was asked for; undefined where nothing is. */
  readonly #seen = new Map<string, Promise<Seen | undefined>>();

  readonly #followLinks: boolean;

  constructor(engine: EngineClient, container: string, { followLinks = true } = {}) {
    this.#engine = engine;
    this.#followLinks = followLinks;
    this.#container = container;
  }

  async stat(path: string): Promise<FileFacts | undefined> {
    return await this.#follow(path);
  }

  async head(path: string, limit: number): Promise<Uint8Array> {
    const seen = await this.#follow(path);
    if (!seen) return new Uint8Array(0);
    const gone = new AbortController();
    const response = await this.#engine.stream("ContainerArchive", {
      params: { id: this.#container },
      query: { path: seen.path },
      signal: gone.signal,
    });
    if (!response.body) return new Uint8Array(0);
    const reader = new TarReader(response.body);
    try {
      const entry = await reader.next();
      if (entry?.type !== "file") return new Uint8Array(0);
      const parts: Uint8Array[] = [];
      let size = 0;
      for (let part = await reader.data(); part; part = await reader.data()) {
        parts.push(part.slice());
        size += part.length;
        if (size >= limit) break;
      }
      return Buffer.concat(parts).subarray(0, limit);
    } finally {
      gone.abort();
      await reader.close().catch(() => {});
    }
  }

  #follow(path: string): Promise<Seen | undefined> {
    const known = this.#seen.get(path);
    if (known) return known;
    const fresh = this.#resolve(path);
    this.#seen.set(path, fresh);
    return fresh;
  }

  async #resolve(wanted: string): Promise<Seen | undefined> {
    let path = wanted;
    for (let links = 0; links < 16; links++) {
      const stat = await this.#ask(path);
      if (!stat) return undefined;
      if (!this.#followLinks || !(stat.mode & goMode.symlink)) return { path, ...factsOf(stat) };
      path = posix.resolve(posix.dirname(path), stat.linkTarget);
    }
    return undefined;
  }

  async #ask(path: string): Promise<GoStat | undefined> {
    try {
      const response = await this.#engine.stream("ContainerArchiveInfo", {
        params: { id: this.#container },
        query: { path },
      });
      const header = response.headers.get("x-docker-container-path-stat") ?? "";
      return JSON.parse(Buffer.from(header, "base64").toString()) as GoStat;
    } catch (error) {
      // A part of the path that is no folder is answered with 400 or 500 by some engines.
      if (isKind(error, "not_found") || isKind(error, "invalid_argument") || isKind(error, "internal"))
        return undefined;
      throw error;
    }
  }
}

interface Seen extends FileFacts {
  readonly path: string;
}

interface GoStat {
  readonly size: number;
  /** Go's os.FileMode. */
  readonly mode: number;
  readonly linkTarget: string;
}

/** Bits of Go's os.FileMode; JavaScript's bit operations are signed, which does not hurt a test for zero. */
const goMode = { directory: 1 << 31, symlink: 1 << 27, other: (1 << 26) | (1 << 25) | (1 << 24) | (1 << 21) };

function factsOf({ mode, size }: GoStat): FileFacts {
  const other = goMode.other | goMode.symlink;
  const type = mode & goMode.directory ? "directory" : mode & other ? "other" : "file";
  return { type, mode: mode & 0o777, size };
}
