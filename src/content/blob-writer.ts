import { constants, mkdirSync } from "node:fs";
import { type FileHandle, open, rename, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { conflict, EngineError, invalidArgument } from "../errors/engine-error.ts";
import { failpoint } from "../lib/failpoint.ts";
import type { Digest } from "../oci/digest.ts";
import type { BlobInfo, BlobWriter } from "./content-store.ts";

/** Small chunks are gathered: one write and one hash update a megabyte. */
const gatherSize = 1 << 20;

/** Bytes of a blob on their way to a file, hashed as they pass. */
export class DiskBlobWriter implements BlobWriter {
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #target: (digest: Digest) => string;
  readonly #released: () => void;
  readonly #sha256 = new Bun.CryptoHasher("sha256");
  #written = 0;
  #gathered: Uint8Array<ArrayBuffer> = new Uint8Array(gatherSize);
  #count = 0;
  #pending: Promise<void> = Promise.resolve();
  #closed = false;

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
    return writer;
  }

  get offset(): number {
    return this.#written + this.#count;
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#mustBeOpen();
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + gatherSize - this.#count);
      this.#gathered.set(part, this.#count);
      this.#count += part.length;
      at += part.length;
      if (this.#count === gatherSize) await this.#flush();
    }
  }

  async commit(expect: { digest?: Digest; size?: number } = {}): Promise<BlobInfo> {
    this.#mustBeOpen();
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
    await this.#file.datasync();
    await this.#close();
    await failpoint("content.commit");
    const target = this.#target(digest);
    mkdirSync(dirname(target), { recursive: true, mode: 0o711 });
    await rename(this.#path, target);
    await syncDirectory(dirname(target));
    return { digest, size };
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
    const bytes = this.#gathered.subarray(0, this.#count);
    this.#gathered = new Uint8Array(gatherSize);
    this.#count = 0;
    await this.#pending;
    this.#written += bytes.length;
    this.#pending = writeAll(this.#file, bytes);
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
    try {
      await this.#file.close();
    } finally {
      this.#released();
    }
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
