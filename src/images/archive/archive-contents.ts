import type { ContentStore } from "../../content/content-store.ts";
import { cancelled, invalidArgument } from "../../errors/engine-error.ts";
import type { ByteStream } from "../../lib/byte-source.ts";
import { decompressed } from "../../lib/compress.ts";
import type { TarEntry } from "../../lib/tar/entry.ts";
import { TarReader } from "../../lib/tar/tar-reader.ts";
import { type Digest, isDigest } from "../../oci/digest.ts";
import { decompressWithTool } from "../../sys/decompress-tool.ts";
import type { LoadProgress } from "../image-store.ts";
import type { PinGroup } from "../pins.ts";
import { archivePath } from "../unpack/archive-path.ts";
import { shortDigest } from "../unpack/layer-unpacker.ts";

/** Entries up to this size stay in memory: manifests, configurations, legacy notes. */
const smallLimit = 1 << 20;
/** All of them together; an archive with more than that is not an image. */
const smallTotal = 64 << 20;
const progressStep = 1 << 19;

type Stored = { kind: "bytes"; bytes: Uint8Array } | { kind: "blob"; digest: Digest; size: number };

/**
 * An image archive, read once from front to back: small entries are kept, big ones went into
 * the content store (and are pinned there). Links between entries are followed by name.
 */
export class ArchiveContents {
  readonly #content: ContentStore;
  readonly #pins: PinGroup;
  readonly #entries = new Map<string, Stored>();
  readonly #links = new Map<string, string>();
  #smallBytes = 0;

  constructor(content: ContentStore, pins: PinGroup) {
    this.#content = content;
    this.#pins = pins;
  }

  async read(
    archive: ByteStream,
    options: { onProgress?: (progress: LoadProgress) => void; signal?: AbortSignal },
  ): Promise<void> {
    const { stream } = await decompressed(archive, decompressWithTool);
    const reader = new TarReader(stream);
    try {
      for (let entry = await reader.next(); entry; entry = await reader.next()) {
        if (options.signal?.aborted) throw cancelled("loading was cancelled", options.signal.reason);
        const path = archivePath(entry.path).join("/");
        if (entry.type === "file") await this.#file(path, entry, reader, options);
        else if (entry.linkTarget !== undefined) this.#link(path, entry);
      }
      await reader.drain();
    } catch (error) {
      await reader.close();
      throw error;
    }
  }

  has(path: string): boolean {
    return this.#find(path) !== undefined;
  }

  /** Bytes of a small entry: JSON of some kind. */
  async bytes(path: string): Promise<Uint8Array> {
    const found = this.#find(path);
    if (!found) throw invalidArgument(`invalid archive: "${path}" is missing`);
    if (found.kind === "bytes") return found.bytes;
    if (found.size > 4 * smallLimit) throw invalidArgument(`invalid archive: "${path}" is too large`);
    return this.#content.read(found.digest);
  }

  /** An entry as a blob of the content store. */
  async blob(path: string): Promise<{ digest: Digest; size: number }> {
    const found = this.#find(path);
    if (!found) throw invalidArgument(`invalid archive: "${path}" is missing`);
    if (found.kind === "blob") return found;
    const info = await this.#content.put(found.bytes);
    this.#pins.add(info.digest);
    return info;
  }

  /** A blob of an OCI layout, which must be what its name says. */
  async layoutBlob(digest: Digest, size: number): Promise<void> {
    const path = `blobs/${digest.replace(":", "/")}`;
    this.#pins.add(digest);
    const there = this.#find(path) ? await this.blob(path) : await this.#content.stat(digest);
    if (!there) throw invalidArgument(`invalid archive: blob ${digest} is missing`);
    if (there.digest !== digest)
      throw invalidArgument(`unexpected digest: "${path}" has ${there.digest}, expected ${digest}`);
    if (there.size !== size)
      throw invalidArgument(`unexpected size: blob ${digest} has ${there.size} bytes, expected ${size}`);
  }

  #find(path: string): Stored | undefined {
    let current = path;
    for (let hops = 0; hops < 8; hops++) {
      const found = this.#entries.get(current);
      if (found) return found;
      const target = this.#links.get(current);
      if (target === undefined) return undefined;
      current = target;
    }
    throw invalidArgument(`invalid archive: too many links from "${path}"`);
  }

  #link(path: string, entry: TarEntry): void {
    const target = entry.linkTarget ?? "";
    const from = entry.type === "hardlink" || target.startsWith("/") ? [] : path.split("/").slice(0, -1);
    this.#links.set(path, archivePath([...from, target].join("/")).join("/"));
  }

  async #file(
    path: string,
    entry: TarEntry,
    reader: TarReader,
    options: { onProgress?: (progress: LoadProgress) => void; signal?: AbortSignal },
  ): Promise<void> {
    const named = digestOf(path);
    if (entry.size <= smallLimit) {
      const bytes = await reader.bytes(smallLimit);
      this.#smallBytes += bytes.length;
      if (this.#smallBytes > smallTotal) throw invalidArgument("invalid archive: too many small files");
      this.#entries.set(path, { kind: "bytes", bytes });
      return;
    }
    if (entry.sparse) throw invalidArgument(`invalid archive: "${path}" is a sparse file`);
    if (named) {
      this.#pins.add(named);
      const there = await this.#content.stat(named);
      if (there && there.size === entry.size) {
        this.#entries.set(path, { kind: "blob", digest: named, size: there.size });
        return;
      }
    }
    await using writer = await this.#content.ingest(`load-${crypto.randomUUID()}`);
    try {
      const id = named ? shortDigest(named) : (path.split("/").at(-2) ?? path).slice(0, 12);
      let reported = 0;
      for (let part = await reader.data(); part; part = await reader.data()) {
        if (options.signal?.aborted) throw cancelled("loading was cancelled", options.signal.reason);
        await writer.write(part);
        if (writer.offset - reported < progressStep) continue;
        reported = writer.offset;
        options.onProgress?.({ id, status: "Loading layer", current: reported, total: entry.size });
      }
      options.onProgress?.({ id, status: "Loading layer", current: entry.size, total: entry.size });
      const info = await this.#commit(writer, named, entry.size);
      this.#entries.set(path, { kind: "blob", ...info });
    } catch (error) {
      await writer.abort();
      throw error;
    }
  }

  async #commit(
    writer: Awaited<ReturnType<ContentStore["ingest"]>>,
    named: Digest | undefined,
    size: number,
  ): Promise<{ digest: Digest; size: number }> {
    const info = await writer.commit({ size, ...(named && { digest: named }) });
    this.#pins.add(info.digest);
    return info;
  }
}

/** The digest a path of an OCI layout names: `blobs/sha256/<hex>`. */
function digestOf(path: string): Digest | undefined {
  const match = /^blobs\/([a-z0-9]+)\/([a-f0-9]+)$/.exec(path);
  const digest = match ? `${match[1]}:${match[2]}` : "";
  return isDigest(digest) ? digest : undefined;
}
