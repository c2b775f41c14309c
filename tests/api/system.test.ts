import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { parse } from "yaml";
import type { EngineEvent } from "../../src/engine/events/event.ts";
import type { EngineInfo } from "../../src/engine/services/system.ts";
import { conflict, internal } from "../../src/errors/engine-error.ts";
import { startApi } from "./api-harness.ts";

const info: EngineInfo = {
  id: "an-id",
  name: "host",
  version: "1.2.3",
  gitCommit: "abc",
  buildTime: "2026-01-01T00:00:00Z",
  containers: { running: 1, paused: 2, stopped: 3 },
  images: 4,
  dataRoot: "/var/lib/hull",
  kernelVersion: "6.1",
  operatingSystem: "Debian",
  osVersion: "12",
  architecture: "x86_64",
  cpus: 2,
  memory: 1024,
  cgroupDriver: "cgroupfs",
  cgroupVersion: "2",
  runtimes: { runc: { path: "runc", args: ["--debug"] } },
  defaultRuntime: "runc",
  runtimeVersion: "1.1",
  initBinary: "tini",
  logDriver: "json-file",
  labels: ["a=b"],
  debug: false,
  fileDescriptors: 10,
  systemTime: "2026-01-01T00:00:00Z",
  eventListeners: 0,
  ipv4Forwarding: true,
  httpProxy: "",
  httpsProxy: "",
  noProxy: "",
  registryMirrors: [],
  insecureRegistries: ["127.0.0.0/8", "registry.local:5000"],
  addressPools: [{ base: "10.0.0.0/8", size: 24 }],
  securityOptions: ["name=seccomp,profile=default"],
  storage: [["Backing Filesystem", "extfs"]],
  capable: {
    memoryLimit: true,
    swapLimit: true,
    cpuQuota: true,
    cpuShares: true,
    cpuSet: true,
    pidsLimit: true,
    oomKillDisable: false,
  },
  warnings: [],
};

describe("every route", () => {
  test("of the API file is known to the engine", async () => {
    await using api = await startApi();
    const file = join(import.meta.dir, "../../reference/docker-engine-api-v1.51.yaml");
    const { paths }: { paths: Record<string, Record<string, unknown>> } = parse(await Bun.file(file).text());
    const unknown: string[] = [];
    for (const [path, methods] of Object.entries(paths)) {
      for (const method of Object.keys(methods)) {
        const answer = await api.call(method.toUpperCase(), path.replace(/\{\w+\}/g, "x"));
        if (answer.text.includes("page not found")) unknown.push(`${method} ${path}`);
      }
    }
    expect(unknown).toEqual([]);
  }, 60_000);

  test("carries the engine's headers, also when it fails", async () => {
    await using api = await startApi();
    for (const target of ["/_ping", "/nope", "/v1.99/info"]) {
      const { headers } = await api.call("GET", target);
      expect(headers.get("api-version")).toBe("1.51");
      expect(headers.get("docker-experimental")).toBe("false");
      expect(headers.get("ostype")).toBe("linux");
      expect(headers.get("server")).toBe("Hull/1.2.3 (linux)");
    }
  });

  test.each([
    ["/nope", 404, "page not found"],
    ["/v1.51/nope", 404, "page not found"],
    ["/v1.99/info", 400, "client version 1.99 is too new. Maximum supported API version is 1.51"],
    [
      "/v1.5/info",
      400,
      "client version 1.5 is too old. Minimum supported API version is 1.24, please upgrade your client to a newer version",
    ],
    ["/v1.24/system/df", 404, "page not found"],
    ["/swarm", 503, expect.stringContaining("This node is not a swarm manager.")],
    ["/plugins/x/json", 404, 'plugin "x" not found'],
  ])("GET %s is refused", async (target, status, message) => {
    await using api = await startApi();
    const answer = await api.call("GET", target);
    expect(answer.status).toBe(status);
    expect(answer.json).toEqual({ message });
  });

  test("leaving a swarm says there is none", async () => {
    await using api = await startApi();
    const answer = await api.call("POST", "/swarm/leave");
    expect([answer.status, answer.json]).toEqual([503, { message: "This node is not part of a swarm" }]);
  });

  test("answers 500 for a bug, and goes on", async () => {
    await using api = await startApi({
      system: {
        info: async () => {
          throw new TypeError("undefined is not a function");
        },
      },
    });
    expect((await api.call("GET", "/info")).status).toBe(500);
    expect((await api.call("GET", "/_ping")).status).toBe(200);
  });
});

describe("system", () => {
  test("ping", async () => {
    await using api = await startApi();
    const answer = await api.call("GET", "/_ping");
    expect(answer.text).toBe("OK");
    expect(answer.headers.get("cache-control")).toContain("no-cache");
    const head = await api.call("HEAD", "/_ping");
    expect([head.status, head.text, head.headers.get("content-length")]).toEqual([200, "", "0"]);
  });

  test("info and version fit the API file in every version", async () => {
    await using api = await startApi({ system: { info: async () => info } });
    for (const version of ["", "/v1.24", "/v1.41", "/v1.51"]) {
      const { json } = await api.call("GET", `${version}/info`);
      expect(json).toMatchObject({
        Containers: 6,
        Swarm: { LocalNodeState: "inactive" },
        Driver: "overlay2",
      });
      expect((await api.call("GET", `${version}/version`)).json).toMatchObject({
        ApiVersion: "1.51",
        MinAPIVersion: "1.24",
        Version: "1.2.3",
      });
    }
  });

  test("events come as they happen, nanoseconds whole, and end with the client", async () => {
    const event: EngineEvent = {
      type: "container",
      action: "start",
      actor: { id: "abc", attributes: { image: "busybox", name: "x" } },
      timeNano: 1700000000123456789n,
    };
    const left = Promise.withResolvers<void>();
    await using api = await startApi({
      system: {
        async *events(query, signal) {
          expect(query.since).toBe(5);
          expect(query.filters.get("type")).toEqual(["container"]);
          yield event;
          yield { ...event, type: "volume", action: "create" };
          await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
          left.resolve();
        },
      },
    });
    const abort = new AbortController();
    const response = await fetch(
      `http://engine/events?since=5&filters=${encodeURIComponent('{"type":["container"]}')}`,
      {
        unix: api.path,
        signal: abort.signal,
      },
    );
    let text = "";
    const reader = response.body?.getReader();
    while (text.split("\n").length < 3) text += Buffer.from((await reader?.read())?.value ?? []).toString();
    const [first = "", second = ""] = text.split("\r\n");
    expect(first).toContain('"timeNano":1700000000123456789}');
    expect(JSON.parse(first)).toMatchObject({
      status: "start",
      id: "abc",
      from: "busybox",
      Type: "container",
      time: 1700000000,
    });
    expect(JSON.parse(second)).not.toHaveProperty("status");
    abort.abort();
    await left.promise;
  });

  test("an error after the head is the last line of the stream", async () => {
    await using api = await startApi({
      system: {
        // biome-ignore lint/correctness/useYield: fails before the first event
        async *events() {
          throw conflict("no more events");
        },
      },
    });
    const { status, text } = await api.call("GET", "/events");
    expect(status).toBe(200);
    expect(JSON.parse(text)).toEqual({ errorDetail: { message: "no more events" }, error: "no more events" });
  });

  test("df gives what was asked for", async () => {
    await using api = await startApi({
      system: {
        diskUsage: async () => ({ layersSize: 7, images: [], containers: [], volumes: [], buildCache: [] }),
      },
    });
    expect((await api.call("GET", "/system/df")).json).toEqual({
      LayersSize: 7,
      Images: [],
      Containers: [],
      Volumes: [],
      BuildCache: [],
    });
    expect((await api.call("GET", "/system/df?type=volume")).json).toMatchObject({
      Images: null,
      Volumes: [],
    });
    expect((await api.call("GET", "/system/df?type=x")).status).toBe(400);
  });

  test("auth passes credentials on, and an internal error is 500 with its sentence", async () => {
    await using api = await startApi({
      system: {
        authenticate: async (request) => {
          if (request.username === "bad") throw internal("the registry is gone");
          expect(request).toEqual({ username: "u", password: "p", serverAddress: "s", identityToken: "t" });
          return { status: "Login Succeeded", identityToken: "" };
        },
      },
    });
    const body = { username: "u", password: "p", serveraddress: "s", identitytoken: "t" };
    expect((await api.call("POST", "/auth", body)).json).toEqual({
      Status: "Login Succeeded",
      IdentityToken: "",
    });
    const failed = await api.call("POST", "/auth", { username: "bad" });
    expect([failed.status, failed.json]).toEqual([500, { message: "the registry is gone" }]);
  });
});
