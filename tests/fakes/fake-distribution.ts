import { sha256 } from "../../src/oci/digest.ts";

export interface DistributionRequest {
  readonly method: string;
  /** Behind `/v2/`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
}

/**
 * A registry in memory, on one port: repositories with manifests and blobs. `before` may answer
 * in its place, which is how a test makes it lie, refuse, stall or break off.
 */
export class FakeDistribution implements Disposable {
  readonly asked: DistributionRequest[] = [];
  readonly blobs = new Map<string, Uint8Array<ArrayBuffer>>();
  /** By `repository:tag` and `repository@digest`. */
  readonly manifests = new Map<string, { raw: Uint8Array<ArrayBuffer>; mediaType: string }>();
  readonly uploads = new Map<string, Uint8Array>();
  before: (request: DistributionRequest) => Response | undefined | Promise<Response | undefined> = () =>
    undefined;
  readonly #server: Bun.Server<undefined>;

  constructor(options: { port?: number; hostname?: string } = {}) {
    this.#server = Bun.serve({
      port: options.port ?? 0,
      hostname: options.hostname ?? "127.0.0.1",
      idleTimeout: 0,
      maxRequestBodySize: 4 * 1024 ** 3,
      fetch: (request) => this.#answer(request),
    });
  }

  get address(): string {
    return `127.0.0.1:${this.#server.port}`;
  }

  addBlob(bytes: Uint8Array<ArrayBuffer>): { digest: string; size: number } {
    const digest = sha256(bytes);
    this.blobs.set(digest, bytes);
    return { digest, size: bytes.length };
  }

  addManifest(repository: string, tag: string, manifest: object, mediaType: string) {
    const raw = new Uint8Array(Buffer.from(JSON.stringify(manifest)));
    const digest = sha256(raw);
    this.manifests.set(`${repository}@${digest}`, { raw, mediaType });
    if (tag !== "") this.manifests.set(`${repository}:${tag}`, { raw, mediaType });
    return { mediaType, digest, size: raw.length };
  }

  paths(method = "GET"): string[] {
    return this.asked.filter((request) => request.method === method).map(({ path }) => path);
  }

  async #answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const path = decodeURIComponent(url.pathname).replace(/^\/v2\//, "");
    const asked = { method: request.method, path, query: url.searchParams, headers: request.headers };
    this.asked.push(asked);
    const early = await this.before(asked);
    if (early) return early;
    const upload = /^(.+)\/blobs\/uploads\/([^/]*)$/.exec(path);
    if (upload) return this.#upload(upload[1] ?? "", upload[2] ?? "", request, url);
    const manifest = /^(.+)\/manifests\/([^/]+)$/.exec(path);
    if (manifest) return this.#manifest(manifest[1] ?? "", manifest[2] ?? "", request);
    const blob = /^(.+)\/blobs\/([^/]+)$/.exec(path);
    if (blob) return this.#blob(blob[2] ?? "", request);
    if (path === "") return Response.json({});
    const tags = /^(.+)\/tags\/list$/.exec(path);
    if (tags) return this.#tags(tags[1] ?? "");
    return refusal(404, "UNSUPPORTED", "not here");
  }

  #tags(repository: string): Response {
    const prefix = `${repository}:`;
    const tags = [...this.manifests.keys()].filter((key) => key.startsWith(prefix));
    if (tags.length === 0) return refusal(404, "NAME_UNKNOWN", "repository name not known to registry");
    return Response.json({ name: repository, tags: tags.map((key) => key.slice(prefix.length)).sort() });
  }

  async #manifest(repository: string, reference: string, request: Request): Promise<Response> {
    const separator = reference.includes(":") ? "@" : ":";
    if (request.method === "PUT") {
      const raw = new Uint8Array(await request.arrayBuffer());
      const mediaType = request.headers.get("content-type") ?? "";
      const stored = { raw, mediaType };
      this.manifests.set(`${repository}${separator}${reference}`, stored);
      this.manifests.set(`${repository}@${sha256(raw)}`, stored);
      return new Response(null, { status: 201, headers: { "Docker-Content-Digest": sha256(raw) } });
    }
    const found = this.manifests.get(`${repository}${separator}${reference}`);
    if (!found) return refusal(404, "MANIFEST_UNKNOWN", "manifest unknown");
    const { raw, mediaType } = found;
    return new Response(raw, {
      headers: {
        "Content-Type": mediaType,
        "Content-Length": String(raw.length),
        "Docker-Content-Digest": sha256(raw),
      },
    });
  }

  #blob(digest: string, request: Request): Response {
    const bytes = this.blobs.get(digest);
    if (!bytes) return refusal(404, "BLOB_UNKNOWN", "blob unknown to registry");
    const from = /^bytes=(\d+)-$/.exec(request.headers.get("range") ?? "")?.[1];
    if (from === undefined) return new Response(bytes);
    const start = Number(from);
    return new Response(bytes.slice(start), {
      status: 206,
      headers: { "Content-Range": `bytes ${start}-${bytes.length - 1}/${bytes.length}` },
    });
  }

  async #upload(repository: string, id: string, request: Request, url: URL): Promise<Response> {
    if (request.method === "POST") {
      const mount = url.searchParams.get("mount");
      if (mount && this.blobs.has(mount) && url.searchParams.get("from") === "mountable")
        return new Response(null, { status: 201 });
      const fresh = crypto.randomUUID();
      this.uploads.set(fresh, new Uint8Array(0));
      return this.#position(repository, fresh, 202);
    }
    const before = this.uploads.get(id);
    if (!before) return refusal(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry");
    if (request.method === "GET") return this.#position(repository, id, 204);
    if (request.method === "DELETE") {
      this.uploads.delete(id);
      return new Response(null, { status: 204 });
    }
    const start = /^(\d+)-/.exec(request.headers.get("content-range") ?? "")?.[1];
    if (start !== undefined && Number(start) !== before.length)
      return refusal(416, "RANGE_INVALID", "invalid content range");
    const whole = Buffer.concat([before, new Uint8Array(await request.arrayBuffer())]);
    this.uploads.set(id, whole);
    if (request.method === "PATCH") return this.#position(repository, id, 202);
    const digest = url.searchParams.get("digest") ?? "";
    if (sha256(whole) !== digest) return refusal(400, "DIGEST_INVALID", "provided digest did not match");
    this.blobs.set(digest, new Uint8Array(whole));
    this.uploads.delete(id);
    return new Response(null, { status: 201 });
  }

  #position(repository: string, id: string, status: number): Response {
    const length = this.uploads.get(id)?.length ?? 0;
    const headers = { Location: `/v2/${repository}/blobs/uploads/${id}?state=s`, Range: `0-${length - 1}` };
    return new Response(null, { status, headers });
  }

  [Symbol.dispose](): void {
    this.#server.stop(true);
  }
}

export function refusal(status: number, code: string, message: string): Response {
  return Response.json({ errors: [{ code, message }] }, { status });
}

/** The first bytes of an answer whose length is longer, and then the connection goes. */
export function brokenOff(
  bytes: Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
  status = 200,
): Response {
  let sent = false;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (sent) {
        await Bun.sleep(5);
        controller.error(new Error("broken off"));
        return;
      }
      sent = true;
      controller.enqueue(bytes);
    },
  });
  return new Response(body, { status, headers });
}
