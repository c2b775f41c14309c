import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { conflict, EngineError, invalidArgument, messageOf, notFound } from "../../errors/engine-error.ts";
import { goJson } from "../format/go-json.ts";

/** One context as its meta.json has it; keys other programs put there are kept. */
export interface ContextMeta {
  readonly Name: string;
  readonly Metadata: { readonly Description?: string; readonly [key: string]: unknown };
  readonly Endpoints: Readonly<Record<string, ContextEndpoint>>;
}

export interface ContextEndpoint {
  readonly Host?: string;
  readonly SkipTLSVerify?: boolean;
  readonly [key: string]: unknown;
}

/** PEM texts by file name, of one endpoint. */
export type TlsFiles = Readonly<Record<string, Uint8Array>>;

export const defaultContext = "default";

/** `~/.docker/contexts`, laid out as Docker does it: a folder per context, named by the digest of its name. */
export class ContextStore {
  readonly #meta: string;
  readonly #tls: string;

  constructor(configDirectory: string) {
    this.#meta = join(configDirectory, "contexts", "meta");
    this.#tls = join(configDirectory, "contexts", "tls");
  }

  metaDirectory(name: string): string {
    return join(this.#meta, folderOf(name));
  }

  tlsDirectory(name: string): string {
    return join(this.#tls, folderOf(name));
  }

  has(name: string): boolean {
    try {
      this.get(name);
      return true;
    } catch (error) {
      if (error instanceof EngineError && error.kind === "not_found") return false;
      throw error;
    }
  }

  get(name: string): ContextMeta {
    const path = join(this.metaDirectory(name), "meta.json");
    let text: string;
    try {
      text = readFileSync(path, "utf8");
    } catch (error) {
      if (!isMissing(error)) throw invalidArgument(`context ${quoted(name)}: ${messageOf(error)}`, error);
      throw notFound(
        `context ${quoted(name)}: context not found: open ${path}: no such file or directory`,
        error,
      );
    }
    return parseMeta(text, path);
  }

  /** Sorted by name as people count: `c2` before `c10`. */
  list(): ContextMeta[] {
    return entriesOf(this.#meta)
      .map((folder) => join(this.#meta, folder, "meta.json"))
      .flatMap((path) => {
        const text = textOf(path);
        return text === undefined ? [] : [parseMeta(text, path)];
      })
      .sort((a, b) => a.Name.localeCompare(b.Name, "en", { numeric: true }));
  }

  /** Replaces the whole context. Certificates are written first: a context never lacks them. */
  put(meta: ContextMeta, tls: Readonly<Record<string, TlsFiles>>): void {
    const folder = this.tlsDirectory(meta.Name);
    rmSync(folder, { recursive: true, force: true });
    for (const [endpoint, files] of Object.entries(tls)) {
      for (const [name, bytes] of Object.entries(files)) {
        mkdirSync(join(folder, endpoint), { recursive: true, mode: 0o700 });
        writeFileSync(join(folder, endpoint, name), bytes, { mode: 0o600 });
      }
    }
    const target = this.metaDirectory(meta.Name);
    mkdirSync(target, { recursive: true, mode: 0o755 });
    const fresh = join(target, `meta.json.${process.pid}`);
    writeFileSync(fresh, goJson(meta), { mode: 0o644 });
    renameSync(fresh, join(target, "meta.json"));
  }

  remove(name: string): void {
    rmSync(this.metaDirectory(name), { recursive: true, force: true });
    rmSync(this.tlsDirectory(name), { recursive: true, force: true });
  }

  /** Names of the TLS files of each endpoint. */
  tlsFileNames(name: string): Record<string, string[]> {
    const folder = this.tlsDirectory(name);
    return Object.fromEntries(
      entriesOf(folder).map((endpoint) => [endpoint, entriesOf(join(folder, endpoint)).sort()]),
    );
  }

  tlsFiles(name: string): Record<string, TlsFiles> {
    const folder = this.tlsDirectory(name);
    const all = Object.entries(this.tlsFileNames(name));
    const read = (endpoint: string, file: string) => readFileSync(join(folder, endpoint, file));
    return Object.fromEntries(
      all.map(([endpoint, files]) => [
        endpoint,
        Object.fromEntries(files.map((file) => [file, read(endpoint, file)])),
      ]),
    );
  }
}

export function checkContextName(name: string): void {
  if (name === "") throw invalidArgument("context name cannot be empty");
  if (name === defaultContext) throw conflict('"default" is a reserved context name');
  if (/^[a-zA-Z0-9][a-zA-Z0-9_.+-]+$/.test(name)) return;
  throw invalidArgument(
    `context name ${quoted(name)} is invalid, names are validated against regexp "^[a-zA-Z0-9][a-zA-Z0-9_.+-]+$"`,
  );
}

export function parseMeta(text: string, path: string): ContextMeta {
  try {
    const { Name, Metadata, Endpoints } = JSON.parse(text) as Partial<ContextMeta>;
    if (typeof Name === "string") return { Name, Metadata: Metadata ?? {}, Endpoints: Endpoints ?? {} };
  } catch (error) {
    throw invalidArgument(`cannot parse ${JSON.stringify(path)}: ${messageOf(error)}`, error);
  }
  throw invalidArgument(`cannot parse ${JSON.stringify(path)}: it names no context`);
}

function folderOf(name: string): string {
  // node:crypto takes longer to load than most commands to run.
  return new Bun.CryptoHasher("sha256").update(name).digest("hex");
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}

function quoted(name: string): string {
  return JSON.stringify(name);
}
