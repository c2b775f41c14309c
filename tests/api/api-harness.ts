import { expect } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineServices } from "../../src/engine/services.ts";
import { notImplemented } from "../../src/errors/engine-error.ts";
import { HttpServer } from "../../src/http/http-server.ts";
import { setLogLevel } from "../../src/lib/log.ts";
import { validateResponse } from "../../src/protocol/validate-response.ts";
import { splitVersion } from "../../src/protocol/versions.ts";
import { createApi } from "../../src/server/api-server.ts";
import type { ContainerDefaults } from "../../src/server/container-defaults.ts";

export const defaults: ContainerDefaults = {
  cgroupVersion: "1",
  logDriver: "json-file",
  logOptions: { "max-size": "20m" },
  runtime: "runc",
  shmSize: 64 * 1024 * 1024,
  ipcMode: "private",
  cgroupnsMode: "",
};

type Fakes = { readonly [Noun in keyof EngineServices]?: Partial<EngineServices[Noun]> };

/** Services of which a test needs a few methods; any other call fails with its name. */
function services(fakes: Fakes): EngineServices {
  const noun = (name: keyof EngineServices) =>
    new Proxy(fakes[name] ?? {}, {
      get: (target, method) =>
        Reflect.get(target, method) ??
        (() => {
          throw notImplemented(`the test did not expect a call of ${name}.${String(method)}`);
        }),
    });
  return {
    containers: noun("containers"),
    execs: noun("execs"),
    images: noun("images"),
    volumes: noun("volumes"),
    networks: noun("networks"),
    system: noun("system"),
    builds: noun("builds"),
  } as EngineServices;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed and checked against the API file; undefined when the answer is no JSON. */
  readonly json: unknown;
}

export interface TestApi extends AsyncDisposable {
  readonly path: string;
  call(method: string, target: string, body?: unknown): Promise<Answer>;
  /** Sends bytes as they are, half-closes if told, and gives all that comes back. */
  raw(text: string, options?: { halfClose?: boolean }): Promise<string>;
}

/** A real server with fake services behind it, on a temporary socket. */
export async function startApi(fakes: Fakes = {}): Promise<TestApi> {
  // Tests provoke errors on purpose; their log would hide the report.
  setLogLevel("fatal");
  const directory = mkdtempSync(join(tmpdir(), "hull-api-"));
  const path = join(directory, "api.sock");
  const server = new HttpServer(createApi(services(fakes), { version: "1.2.3", defaults }));
  await server.listen({ kind: "unix", path });
  return {
    path,
    call: (method, target, body) => call(path, method, target, body),
    raw: (text, options) => raw(path, text, options?.halfClose ?? false),
    async [Symbol.asyncDispose]() {
      await server.close();
      rmSync(directory, { recursive: true });
    },
  };
}

/** One request; a JSON answer that does not fit the API file fails the test. */
export async function call(socket: string, method: string, target: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`http://engine${target}`, {
    unix: socket,
    method,
    ...(body !== undefined && {
      body: typeof body === "string" ? body : JSON.stringify(body),
      headers: { "Content-Type": "application/json" },
    }),
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type") === "application/json" && !text.includes("\r\n");
  const json: unknown = isJson && text !== "" ? JSON.parse(text) : undefined;
  if (json !== undefined) {
    const { path } = splitVersion(new URL(response.url || `http://engine${target}`).pathname);
    const problems = await validateResponse(method, path, response.status, json);
    expect(problems ?? []).toEqual([]);
  }
  return { status: response.status, headers: response.headers, text, json };
}

async function raw(path: string, text: string, halfClose: boolean): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let got = "";
  const socket = connect({ path, allowHalfOpen: true });
  socket.on("data", (data) => {
    got += data.toString("latin1");
  });
  socket.on("end", () => resolve(got));
  socket.on("error", reject);
  socket.write(text);
  if (halfClose) socket.end();
  try {
    return await promise;
  } finally {
    socket.destroy();
  }
}

export function streamOf(...parts: (string | Uint8Array)[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(Buffer.from(part));
      controller.close();
    },
  });
}
