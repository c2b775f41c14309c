import { S3Client } from "bun";
import { messageOf, unavailable } from "../../../errors/engine-error.ts";
import type { S3Config } from "../registry-config.ts";

export interface FoundObject {
  /** Without the prefix that all keys have. */
  readonly key: string;
  readonly size: number;
  readonly modified: Date;
}

/** Objects of one bucket below one prefix. What the store refuses is told as unavailable, with its reason. */
export class S3Objects {
  readonly #client: S3Client;
  readonly #prefix: string;

  constructor({ prefix = "", ...config }: S3Config) {
    this.#client = new S3Client(config);
    this.#prefix = prefix === "" ? "" : `${prefix.replace(/^\/+|\/+$/g, "")}/`;
  }

  get(key: string): Promise<Uint8Array | undefined> {
    return this.#ask("read", key, async () => new Uint8Array(await this.#file(key).arrayBuffer()));
  }

  /** Bytes from `start` up to, not including, `end`, which must be inside. */
  async range(key: string, start: number, end: number): Promise<Uint8Array | undefined> {
    return this.#ask(
      "read",
      key,
      async () => new Uint8Array(await this.#file(key).slice(start, end).arrayBuffer()),
    );
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    await this.#ask("write", key, () =>
      this.#client.write(this.#prefix + key, bytes, { type: "application/octet-stream" }),
    );
  }

  async stat(key: string): Promise<{ size: number; modified: Date } | undefined> {
    return this.#ask("look at", key, async () => {
      const { size, lastModified } = await this.#file(key).stat();
      return { size, modified: new Date(lastModified) };
    });
  }

  async delete(key: string): Promise<void> {
    await this.#ask("delete", key, () => this.#client.delete(this.#prefix + key));
  }

  /** In the order of their keys, those behind `after`. Below a folder, or with all that is in its folders. */
  async *list(folder: string, deep: boolean, after?: string): AsyncGenerator<FoundObject> {
    const prefix = this.#prefix + folder;
    let continuationToken: string | undefined;
    do {
      const page = await this.#ask("list", folder, () =>
        this.#client.list({
          prefix,
          ...(!deep && { delimiter: "/" }),
          ...(continuationToken !== undefined
            ? { continuationToken }
            : after !== undefined && { startAfter: prefix + after }),
        }),
      );
      for (const { key, size = 0, lastModified } of page?.contents ?? []) {
        yield {
          key: key.slice(this.#prefix.length),
          size,
          modified: new Date(lastModified ?? 0),
        };
      }
      continuationToken = page?.isTruncated ? page.nextContinuationToken : undefined;
    } while (continuationToken !== undefined);
  }

  #file(key: string) {
    return this.#client.file(this.#prefix + key);
  }

  /** Undefined when there is no such object. */
  async #ask<T>(verb: string, key: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === "NoSuchKey" || code === "NotFound" || code === "UnknownError404") return undefined;
      throw unavailable(
        `cannot ${verb} ${JSON.stringify(key)} in the object store: ${code ?? ""} ${messageOf(error)}`,
        error,
      );
    }
  }
}
