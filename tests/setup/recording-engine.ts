import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Recorded {
  readonly method: string;
  /** Without the version. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Headers;
  readonly body: unknown;
}

/**
 * A server at a socket that looks like an engine to a client and keeps what it was asked.
 * Containers can be made there, and nothing else.
 */
export class RecordingEngine implements Disposable {
  readonly requests: Recorded[] = [];
  readonly directory = mkdtempSync(join(tmpdir(), "hull-recording-"));
  readonly host = `unix://${join(this.directory, "engine.sock")}`;
  readonly #server: Bun.Server<undefined>;

  constructor(apiVersion = "1.50") {
    this.#server = Bun.serve({
      unix: this.host.replace("unix://", ""),
      fetch: async (request) => {
        const url = new URL(request.url);
        const path = url.pathname.replace(/^\/v\d+\.\d+/, "");
        const head = { "Api-Version": apiVersion, "Docker-Experimental": "false", Ostype: "linux" };
        if (path === "/_ping") return new Response("OK", { headers: head });
        const text = await request.text();
        this.requests.push({
          method: request.method,
          path,
          query: Object.fromEntries(url.searchParams),
          headers: request.headers,
          body: text === "" ? undefined : JSON.parse(text),
        });
        if (path === "/containers/create") {
          return Response.json({ Id: "f".repeat(64), Warnings: [] }, { status: 201, headers: head });
        }
        return Response.json({ message: "page not found" }, { status: 404, headers: head });
      },
    });
  }

  [Symbol.dispose](): void {
    void this.#server.stop(true);
    rmSync(this.directory, { recursive: true, force: true });
  }
}
