import { constants, mkdirSync } from "node:fs";
import { type FileHandle, open, rename, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { diskFailure } from "../errors/disk-failure.ts";
import { cancelled, conflict, EngineError, invalidArgument } from "../errors/engine-error.ts";
import { failpoint } from "../lib/failpoint.ts";
import type { Digest } from "../oci/digest.ts";
import type { BlobInfo, BlobWriter } from "./content-store.ts";

/** Small chunks are gathered: one write and one hash update a megabyte. */
const gatherSize = 1 << 20;
const followSize = 1 << 16;

/** Bytes of a blob on their way to a file, hashed as they pass. */
export class DiskBlobWriter implements BlobWriter {
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #target: (digest: Digest) => string;
  readonly #released: () => void;
  readonly #sha256 = new Bun.CryptoHasher("sha256");
  #written = 0;
  #gathered: Uint8Array<ArrayBuffer> = new Uint8Array(gatherSize);
  #spare: Uint8Array<ArrayBuffer> | undefined;
  #count = 0;
  #pending: Promise<void> = Promise.resolve();
  #closed = false;
  /** Bytes that are in the file for sure: those a follower may read. */
  #readable = 0;
  /** Digest and size agree; on disk for sure when `seal` has returned. */
  #whole: BlobInfo | undefined;
  #synced = false;
  #moved = Promise.withResolvers<void>();

  private constructor(
    file: FileHandle,
    path: string,
    target: (digest: Digest) => string,
    released: () => void,
  ) {
    this.#file = file;
    this.#path = path;
    this.#target = target;
    this.#released = released;
  }

  /** Opens the partial file of a ref and reads what an earlier attempt left, to go on from there. */
  static async open(
    path: string,
    target: (digest: Digest) => string,
    released: () => void,
  ): Promise<DiskBlobWriter> {
    const file = await open(path, "a+", 0o600);
    const writer = new DiskBlobWriter(file, path, target, released);
    const { size } = await file.stat();
    const buffer = new Uint8Array(gatherSize);
    while (writer.#written < size) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, writer.#written);
      if (bytesRead === 0) break;
      writer.#sha256.update(buffer.subarray(0, bytesRead));
      writer.#written += bytesRead;
    }
    writer.#readable = writer.#written;
    return writer;
  }

  get offset(): number {
    return this.#written + this.#count;
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#mustBeOpen();
    if (this.#whole) throw conflict("the content writer is sealed");
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + gatherSize - this.#count);
      this.#gathered.set(part, this.#count);
      this.#count += part.length;
      at += part.length;
      if (this.#count === gatherSize) await this.#flush();
    }
  }

  async seal(expect: { digest?: Digest; size?: number } = {}): Promise<BlobInfo> {
    this.#mustBeOpen();
    if (this.#whole && this.#synced) return this.#whole;
    await this.#flush();
    await this.#pending;
    const digest = this.#digestFor(expect.digest);
    const size = this.#written;
    if (expect.size !== undefined && expect.size !== size) {
      await this.abort();
      throw invalidArgument(`unexpected size: content has ${size} bytes, expected ${expect.size}`);
    }
    if (expect.digest !== undefined && expect.digest !== digest) {
      await this.abort();
      throw invalidArgument(`unexpected digest: content has ${digest}, expected ${expect.digest}`);
    }
    this.#whole = { digest, size };
    this.#wakeFollowers();
    await stored(() => this.#file.datasync());
    this.#synced = true;
    return this.#whole;
  }

  async commit(expect: { digest?: Digest; size?: number } = {}): Promise<BlobInfo> {
    const info = await this.seal(expect);
    this.#mustBeOpen();
    this.#closed = true;
    try {
      await this.#file.close();
      await failpoint("content.commit");
      const target = this.#target(info.digest);
      mkdirSync(dirname(target), { recursive: true, mode: 0o711 });
      await rename(this.#path, target);
      await syncDirectory(dirname(target));
      return info;
    } finally {
      // Not before it has its name: until then it must not pass for something left over.
      this.#released();
    }
  }

  async *follow(): AsyncGenerator<Uint8Array> {
    this.#mustBeOpen();
    // A descriptor of its own: it goes on reading after the file got its final name.
    await using file = await open(this.#path, constants.O_RDONLY);
    for (let at = 0; ; ) {
      if (at < this.#readable) {
        const want = Math.min(followSize, this.#readable - at);
        const { bytesRead, buffer } = await file.read(new Uint8Array(want), 0, want, at);
        if (bytesRead === 0) throw conflict("the content file was cut off");
        at += bytesRead;
        yield buffer.subarray(0, bytesRead);
        continue;
      }
      if (this.#whole && at >= this.#whole.size) return;
      if (this.#closed) throw cancelled("the content was given up before it was whole");
      await this.#moved.promise;
    }
  }

  #wakeFollowers(): void {
    this.#moved.resolve();
    this.#moved = Promise.withResolvers();
  }

  async abort(): Promise<void> {
    await this.#close();
    await unlink(this.#path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    });
  }

  /** Keeps the partial bytes for the next writer of this ref. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    try {
      await this.#flush();
      await this.#pending;
    } finally {
      await this.#close();
    }
  }

  #digestFor(wanted: Digest | undefined): Digest {
    if (wanted?.startsWith("sha512:"))
      throw new EngineError("not_implemented", "content with a sha512 digest is not supported");
    return `sha256:${this.#sha256.digest("hex")}` as Digest;
  }

  /** Starts writing what was gathered; waits only for the write before, so that hash and disk overlap. */
  async #flush(): Promise<void> {
    if (this.#count === 0) return;
    const full = this.#gathered;
    const bytes = full.subarray(0, this.#count);
    this.#count = 0;
    await this.#pending;
    // Two buffers take turns: the other one has been written by now.
    this.#gathered = this.#spare ?? new Uint8Array(gatherSize);
    this.#spare = full;
    this.#written += bytes.length;
    const end = this.#written;
    this.#pending = stored(() => writeAll(this.#file, bytes)).then(() => {
      this.#readable = end;
      this.#wakeFollowers();
    });
    // An error surfaces at the next write or at commit, not as an unhandled rejection.
    this.#pending.catch(() => {});
    this.#sha256.update(bytes);
  }

  #mustBeOpen(): void {
    if (this.#closed) throw conflict("the content writer is closed");
  }

  async #close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#wakeFollowers();
    try {
      await this.#file.close();
    } finally {
      this.#released();
    }
  }
}

async function stored(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw diskFailure("store content", error);
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at, null);
    at += bytesWritten;
  }
}

/** Makes a rename in this directory last. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
