import {
  createReadStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { EngineError, invalidArgument, notFound } from "../../errors/engine-error.ts";
import { sha256 } from "../../oci/digest.ts";
import { withoutPassword } from "./without-password.ts";

/** What a URL gave, in a file of the builder's own that nobody changes. */
export interface Downloaded {
  readonly path: string;
  /** `sha256:…` of the bytes. */
  readonly digest: string;
  readonly contentType: string;
  /** Seconds: the server's word for when it was changed, 0 without. */
  readonly modified: number;
}

interface Note extends Omit<Downloaded, "path"> {
  readonly url: string;
  readonly etag?: string;
  readonly lastModified?: string;
}

export interface DownloadOptions {
  readonly signal: AbortSignal;
  /** The file must have this digest; with a file here that has it the server is not asked. */
  readonly checksum?: string;
  readonly onProgress?: (current: number, total: number | undefined) => void;
}

const mostRedirects = 20;
/** What nobody asked for in this time goes. */
const keptMs = 7 * 24 * 3600_000;

/**
 * Files from the web, kept below a directory with what the server said of them, so that it can be asked
 * whether they are still the same (ETag, Last-Modified).
 */
export class HttpDownloads {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = join(directory, "http");
  }

  async get(url: string, options: DownloadOptions): Promise<Downloaded> {
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    const key = sha256(url).slice(7, 39);
    const known = this.#known(key);
    if (known && options.checksum !== undefined && known.digest === options.checksum)
      return this.#use(key, known);
    const response = await request(url, known, options.signal);
    if (response.status === 304 && known) {
      await response.body?.cancel();
      return checked(url, this.#use(key, known), options);
    }
    if (response.status === 404) throw notFound(`cannot download ${withoutPassword(url)}: 404 Not Found`);
    if (!response.ok || !response.body)
      throw new EngineError(
        "unavailable",
        `cannot download ${withoutPassword(url)}: ${response.status} ${response.statusText}`,
      );
    return checked(url, await this.#store(key, url, response, options), options);
  }

  #known(key: string): Note | undefined {
    try {
      const note: Note = JSON.parse(readFileSync(join(this.#directory, `${key}.json`), "utf8"));
      return existsSync(this.#body(note.digest)) ? note : undefined;
    } catch {
      return undefined;
    }
  }

  #use(key: string, { digest, contentType, modified }: Note): Downloaded {
    const now = new Date();
    utimesSync(join(this.#directory, `${key}.json`), now, now);
    return { path: this.#body(digest), digest, contentType, modified };
  }

  #body(digest: string): string {
    return join(this.#directory, `${digest.slice(7)}.body`);
  }

  async #store(key: string, url: string, response: Response, options: DownloadOptions): Promise<Downloaded> {
    const partial = join(this.#directory, `${crypto.randomUUID()}.part`);
    try {
      const digest = await receive(response, partial, options);
      const lastModified = response.headers.get("last-modified") ?? undefined;
      const etag = response.headers.get("etag") ?? undefined;
      const note: Note = {
        url,
        digest,
        contentType: response.headers.get("content-type") ?? "",
        modified: secondsOf(lastModified),
        ...(etag !== undefined && { etag }),
        ...(lastModified !== undefined && { lastModified }),
      };
      renameSync(partial, this.#body(digest));
      const path = join(this.#directory, `${key}.json`);
      writeFileSync(`${path}.part`, JSON.stringify(note), { mode: 0o600 });
      renameSync(`${path}.part`, path);
      await this.#forgetOld();
      return this.#use(key, note);
    } finally {
      await rm(partial, { force: true });
    }
  }

  async #forgetOld(): Promise<void> {
    const wanted = new Set<string>();
    const names = await readdir(this.#directory);
    for (const name of names.filter((each) => each.endsWith(".json"))) {
      const path = join(this.#directory, name);
      const { mtimeMs } = await stat(path);
      const note = this.#known(name.slice(0, -5));
      if (note && Date.now() - mtimeMs < keptMs) wanted.add(this.#body(note.digest));
      else await rm(path, { force: true });
    }
    for (const name of names.filter((each) => each.endsWith(".body"))) {
      const path = join(this.#directory, name);
      if (!wanted.has(path) && Date.now() - (await stat(path)).mtimeMs > keptMs)
        await rm(path, { force: true });
    }
  }
}

/** The bytes as the server has them: what is compressed for the way only would have another digest. */
async function request(url: string, known: Note | undefined, signal: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { "accept-encoding": "identity" };
  if (known?.etag !== undefined) headers["if-none-match"] = known.etag;
  if (known?.lastModified !== undefined) headers["if-modified-since"] = known.lastModified;
  let address = url;
  for (let redirects = 0; redirects <= mostRedirects; redirects++) {
    const response = await ask(address, headers, signal);
    const location = response.headers.get("location");
    if (![301, 302, 303, 307, 308].includes(response.status) || location === null) return response;
    await response.body?.cancel();
    address = new URL(location, address).href;
    if (!/^https?:/.test(address)) break;
  }
  throw new EngineError(
    "unavailable",
    `cannot download ${withoutPassword(url)}: redirected too often, or to what is no web address`,
  );
}

async function ask(url: string, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { headers, signal, redirect: "manual", decompress: false });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new EngineError(
      "unavailable",
      `cannot download ${withoutPassword(url)}: ${error instanceof Error ? error.message : error}`,
      error,
    );
  }
}

async function receive(
  response: Response,
  path: string,
  { signal, onProgress }: DownloadOptions,
): Promise<string> {
  const hash = new Bun.CryptoHasher("sha256");
  const length = Number(response.headers.get("content-length") ?? Number.NaN);
  let current = 0;
  await using file = await open(path, "wx", 0o600);
  for await (const chunk of response.body ?? []) {
    signal.throwIfAborted();
    hash.update(chunk);
    await file.writeFile(chunk);
    current += chunk.length;
    onProgress?.(current, Number.isNaN(length) ? undefined : length);
  }
  if (!Number.isNaN(length) && current !== length)
    throw new EngineError(
      "unavailable",
      `download of ${withoutPassword(response.url)} broke off after ${current} of ${length} bytes`,
    );
  return `sha256:${hash.digest("hex")}`;
}

function checked(url: string, downloaded: Downloaded, { checksum }: DownloadOptions): Downloaded {
  if (checksum !== undefined && downloaded.digest !== checksum)
    throw invalidArgument(
      `digest mismatch of ${withoutPassword(url)}: expected ${checksum}, got ${downloaded.digest}`,
    );
  return downloaded;
}

function secondsOf(date: string | undefined): number {
  const time = date === undefined ? Number.NaN : Date.parse(date);
  return Number.isNaN(time) ? 0 : Math.floor(time / 1000);
}

export function bytesOf({ path }: Downloaded): AsyncIterable<Uint8Array> {
  return createReadStream(path);
}
