import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface ComposeRequest {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** A file that was copied into a container. */
export interface CopiedFile {
  readonly container: string;
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly content: string;
}

interface Made {
  readonly id: string;
  readonly name: string;
  readonly body: { readonly Labels?: Readonly<Record<string, string>> };
}

/** The same container has the same id at every run. */
export const idOf = (name: string): string => createHash("sha256").update(name).digest("hex");

export const recordedImage = { id: `sha256:${"a".repeat(64)}`, volumes: ["/declared"] } as const;

/** An engine at a socket on which projects can be created and started; nothing of it is real. */
export class ComposeRecorder implements Disposable {
  readonly directory = mkdtempSync(join(tmpdir(), "hull-compose-"));
  readonly host = `unix://${join(this.directory, "engine.sock")}`;
  readonly requests: ComposeRequest[] = [];
  readonly files: CopiedFile[] = [];
  readonly #containers = new Map<string, Made>();
  readonly #networks = new Map<string, unknown>();
  readonly #volumes = new Map<string, unknown>();
  readonly #server: Bun.Server<undefined>;
  readonly #version: string;

  constructor(version: string) {
    this.#version = version;
    this.#server = Bun.serve({
      unix: this.host.replace("unix://", ""),
      fetch: (request) => this.#answer(request),
    });
  }

  [Symbol.dispose](): void {
    void this.#server.stop(true);
    rmSync(this.directory, { recursive: true, force: true });
  }

  async #answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const path = decodeURIComponent(url.pathname.replace(/^\/v\d+\.\d+/, ""));
    const query = Object.fromEntries(url.searchParams);
    const bytes = await request.bytes();
    if (path === "/_ping") return this.#json("OK");
    const reply = path.endsWith("/archive")
      ? this.#copy(path, bytes)
      : request.method === "GET"
        ? this.#look(path, query)
        : this.#do(path, query, bytes.length > 0 ? JSON.parse(Buffer.from(bytes).toString()) : undefined);
    return reply === undefined ? this.#json({ message: `not found: ${path}` }, 404) : this.#json(reply);
  }

  #json(value: unknown, status = 200): Response {
    const headers = { "Api-Version": this.#version, "Docker-Experimental": "false", Ostype: "linux" };
    return Response.json(value, { status, headers });
  }

  #look(path: string, query: Readonly<Record<string, string>>): unknown {
    const [, noun = "", name = ""] = path.split("/");
    const version = { Version: "28.5.1", ApiVersion: this.#version, MinAPIVersion: "1.24", Os: "linux" };
    if (noun === "version") return version;
    if (noun === "info") return { ID: "x", OSType: "linux", Swarm: { LocalNodeState: "inactive" } };
    if (noun === "images") {
      const { id, volumes } = recordedImage;
      return {
        Id: id,
        Os: "linux",
        Architecture: "amd64",
        Config: { Volumes: Object.fromEntries(volumes.map((one) => [one, {}])) },
      };
    }
    if (path === "/containers/json") return this.#listed(query);
    if (noun === "containers") return this.#inspect(name);
    if (path === "/networks") return this.#networksNamed(query);
    if (noun === "networks") return this.#networks.get(name);
    if (path === "/volumes") return { Volumes: [] };
    if (noun === "volumes")
      return this.#volumes.get(name) ?? (name.startsWith("outer") ? { Name: name } : undefined);
    return undefined;
  }

  #listed(query: Readonly<Record<string, string>>): unknown[] {
    const wanted = filterOf(query, "label");
    const has = ({ body }: Made) =>
      wanted.every((label) => {
        const [key = "", value] = label.split("=");
        const found = body.Labels?.[key];
        return value === undefined ? found !== undefined : found === value;
      });
    return [...this.#containers.values()].filter(has).map(summary);
  }

  #inspect(id: string): unknown {
    const found = this.#containers.get(id);
    if (!found) return undefined;
    const rest = { State: { Status: "created" }, NetworkSettings: { Networks: {} } };
    return { Id: id, Name: `/${found.name}`, Config: found.body, ...rest };
  }

  #networksNamed(query: Readonly<Record<string, string>>): unknown[] {
    const [wanted = ""] = filterOf(query, "name");
    const found = this.#networks.get(wanted);
    if (found) return [found];
    return wanted.startsWith("outer") ? [{ Name: wanted, Id: `id of ${wanted}`, Labels: {} }] : [];
  }

  #do(path: string, query: Readonly<Record<string, string>>, body: Record<string, unknown>): unknown {
    if (path.endsWith("/start")) return {};
    this.requests.push({ path, query, body });
    if (path === "/containers/create") {
      const name = query.name ?? "";
      this.#containers.set(idOf(name), { id: idOf(name), name, body });
      return { Id: idOf(name), Warnings: [] };
    }
    const name = String(body.Name);
    if (path === "/networks/create") this.#networks.set(name, { ...body, Id: `id of ${name}` });
    if (path === "/volumes/create") this.#volumes.set(name, body);
    return { ...body, Id: `id of ${name}` };
  }

  /** One file in a tar: its header is all there is to read. */
  #copy(path: string, bytes: Uint8Array): unknown {
    const tar = Buffer.from(bytes);
    const text = (from: number, length: number) =>
      tar.toString("utf8", from, from + length).replace(/\0.*$/s, "");
    const octal = (from: number, length: number) => Number.parseInt(text(from, length).trim() || "0", 8);
    this.files.push({
      container: this.#containers.get(path.split("/")[2] ?? "")?.name ?? "",
      path: text(0, 100),
      mode: octal(100, 8),
      uid: octal(108, 8),
      gid: octal(116, 8),
      content: tar.toString("utf8", 512, 512 + octal(124, 12)),
    });
    return {};
  }
}

/** Written as a list, or as a map of the wanted to true. */
function filterOf(query: Readonly<Record<string, string>>, name: string): string[] {
  const found = JSON.parse(query.filters ?? "{}")[name] ?? [];
  return Array.isArray(found) ? found : Object.keys(found);
}

const summary = ({ id, name, body }: Made) => ({
  Id: id,
  Names: [`/${name}`],
  Labels: body.Labels,
  State: "created",
  Mounts: [],
  NetworkSettings: { Networks: {} },
});
