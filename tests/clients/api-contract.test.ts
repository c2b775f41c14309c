import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { validateResponse } from "../../src/protocol/validate-response.ts";
import { TestEngine } from "../setup/test-engine.ts";
import { until } from "../setup/until.ts";

setDefaultTimeout(30_000);

let engine: TestEngine;
beforeAll(async () => {
  engine = await TestEngine.start();
  await engine.ok("volume", "create", "--label", "a=1", "-o", "type=tmpfs", "-o", "device=tmpfs", "data");
  await engine.ok(
    ...["run", "-d", "--init", "--name", "full", "--hostname", "full", "-p", "127.0.0.1::80", "-p", "81/udp"],
    ...["-v", "data:/data", "-v", "/tmp:/host:ro", "--tmpfs", "/t:size=1m", "-m", "64m", "--cpus", "0.5"],
    ...[
      "--restart",
      "on-failure:3",
      "--health-cmd",
      "true",
      "--health-interval",
      "100ms",
      "--cap-add",
      "SYS_TIME",
    ],
    ...["--ulimit", "nofile=100:200", "--sysctl", "net.ipv4.ip_forward=0", "--add-host", "a:1.2.3.4"],
    ...["--device", "/dev/null:/dev/hole:r", "--log-opt", "max-size=1m", "--label", "x=y", "-e", "A=b"],
    ...[
      "--annotation",
      "note=1",
      "--dns",
      "10.0.0.1",
      "--group-add",
      "5",
      "--stop-signal",
      "INT",
      "--expose",
      "90",
    ],
    ...["busybox", "sh", "-c", "echo out; echo err >&2; exec sleep 10000"],
  );
  await engine.ok("create", "--name", "fresh", "busybox");
  await engine.docker("run", "--name", "failed", "busybox", "sh", "-c", "exit 3");
  await engine.docker("run", "--name", "unstartable", "busybox", "/no/such/program");
  await engine.ok("commit", "-m", "note", "--change", "EXPOSE 1", "--change", "VOLUME /v", "full", "made:1");
});
afterAll(() => engine[Symbol.asyncDispose]());

/** The answer's JSON after it was held against the API file. */
async function checked(
  method: string,
  target: string,
  body?: unknown,
  version = "/v1.51",
): Promise<{ status: number; json: unknown }> {
  const response = await engine.request(method, `${version}${target}`, body);
  const text = await response.text();
  const json: unknown = text === "" ? undefined : JSON.parse(text);
  if (json === undefined) return { status: response.status, json };
  const path = target.split("?")[0] ?? "";
  const wrong = await validateResponse(method, path, response.status, json);
  expect({ request: `${method} ${target}`, wrong }).toEqual({ request: `${method} ${target}`, wrong: [] });
  return { status: response.status, json };
}

async function get(target: string, version?: string): Promise<unknown> {
  const { status, json } = await checked("GET", target, undefined, version);
  expect(`${target}: ${status} ${status === 200 ? "" : JSON.stringify(json)}`).toBe(`${target}: 200 `);
  return json;
}

const filters = (value: unknown) => `filters=${encodeURIComponent(JSON.stringify(value))}`;

describe("what can be looked at", () => {
  test("containers, in every state", async () => {
    await until("a health probe", async () => {
      const [found] = JSON.parse(await engine.ok("inspect", "full"));
      return found.State.Health?.Log?.length > 0;
    });
    expect(await get("/containers/json?all=1&size=1")).toBeArrayOfSize(4);
    await get(`/containers/json?${filters({ status: ["running"], label: ["x=y"] })}`);
    for (const name of ["full", "fresh", "failed", "unstartable"])
      await get(`/containers/${name}/json?size=1`);
    await get("/containers/full/top");
    await get("/containers/full/top?ps_args=-o%20pid,comm");
    await get("/containers/full/changes");
    await get("/containers/fresh/changes");
    await get("/containers/full/stats?stream=0&one-shot=1");
    await get("/containers/full/stats?stream=0");
    await get("/containers/failed/stats?stream=0&one-shot=1");
  });

  test("a paused and a restarting one", async () => {
    await engine.ok("pause", "full");
    await get("/containers/full/json");
    await get("/containers/json");
    await engine.ok("unpause", "full");
    await engine.ok("run", "-d", "--restart", "always", "--name", "again", "busybox", "false");
    await until(
      "it waits",
      async () => (await engine.ok("inspect", "-f", "{{.State.Status}}", "again")) === "restarting",
    );
    await get("/containers/again/json");
    await get("/containers/json?all=1");
    await engine.ok("rm", "-f", "again");
  });

  test("images", async () => {
    await get("/images/json?all=1&digests=1&shared-size=1");
    await get(`/images/json?${filters({ reference: ["made*"], dangling: ["false"] })}`);
    for (const name of ["busybox", "busybox:latest", "made:1"]) {
      await get(`/images/${name}/json`);
      await get(`/images/${name}/history`);
    }
  });

  test("volumes and networks", async () => {
    await get("/volumes");
    await get(`/volumes?${filters({ label: ["a=1"] })}`);
    await get("/volumes/data");
    await get("/networks");
    for (const name of ["bridge", "host", "none"]) await get(`/networks/${name}`);
    await get(`/networks?${filters({ driver: ["bridge"] })}`);
    await get("/networks/bridge?verbose=1");
  });

  test("the engine", async () => {
    await get("/info");
    await get("/version");
    await get("/system/df");
    await get("/system/df?type=image&type=volume");
    await get("/plugins");
    const ping = await engine.request("GET", "/_ping");
    expect(await ping.text()).toBe("OK");
    expect(ping.headers.get("api-version")).toBe("1.51");
    expect(ping.headers.get("ostype")).toBe("linux");
    expect((await engine.request("HEAD", "/_ping")).status).toBe(200);
  });

  test("events, each a message of the API", async () => {
    const now = Math.ceil(Date.now() / 1000);
    const response = await engine.request("GET", `/v1.51/events?since=1&until=${now}`);
    const lines = (await response.text()).trim().split("\n");
    expect(lines.length).toBeGreaterThan(5);
    for (const line of lines) {
      expect(await validateResponse("GET", "/events", 200, JSON.parse(line))).toEqual([]);
    }
  });

  test("older versions answer too", async () => {
    for (const version of ["/v1.24", "/v1.30", "/v1.41", "/v1.47", ""]) {
      for (const target of [
        ...["/containers/json?all=1", "/containers/full/json", "/images/json", "/images/busybox/json"],
        ...["/volumes", "/networks", "/networks/bridge", "/info", "/version"],
      ]) {
        const response = await engine.request("GET", `${version}${target}`);
        expect(`${version}${target} ${response.status}`).toBe(`${version}${target} 200`);
        await response.json();
      }
    }
    expect((await engine.request("GET", "/v1.23/version")).status).toBe(400);
    expect((await engine.request("GET", "/v1.99/version")).status).toBe(400);
  });
});

describe("what can be done", () => {
  test("a container's whole life", async () => {
    const created = await checked("POST", "/containers/create?name=life", {
      Image: "busybox",
      Cmd: ["sleep", "1000"],
      HostConfig: { Init: true },
    });
    expect(created.status).toBe(201);
    const post = async (target: string, status: number, body?: unknown) => {
      const answer = await checked("POST", `/containers/life${target}`, body);
      expect(`${target} ${answer.status}`).toBe(`${target} ${status}`);
      return answer.json;
    };
    await post("/start", 204);
    await post("/start", 304);
    await post("/update", 200, { Memory: 64 * 1024 * 1024, MemorySwap: -1 });
    await post("/resize?h=1&w=1", 200).catch(() => undefined);
    await post("/pause", 204);
    await post("/unpause", 204);
    await post("/rename?name=lives", 204);
    await checked("POST", "/containers/lives/rename?name=life");
    await post("/restart?t=0", 204);
    await post("/stop?t=0", 204);
    await post("/stop", 304);
    expect(await post("/wait", 200)).toMatchObject({ StatusCode: expect.any(Number) });
    expect((await checked("DELETE", "/containers/life?v=1")).status).toBe(204);
  });

  test("exec", async () => {
    const { status, json } = await checked("POST", "/containers/full/exec", { Cmd: ["sh", "-c", "exit 4"] });
    expect(status).toBe(201);
    const { Id } = json as { Id: string };
    await get(`/exec/${Id}/json`);
    expect((await checked("POST", `/exec/${Id}/start`, { Detach: true })).status).toBe(200);
    await until(
      "its end",
      async () => ((await get(`/exec/${Id}/json`)) as { Running: boolean }).Running === false,
    );
    expect(await get(`/exec/${Id}/json`)).toMatchObject({ ExitCode: 4, ContainerID: expect.any(String) });
  });

  test("commit, tag, delete and prune", async () => {
    const commit = await checked("POST", "/commit?container=full&repo=contract&tag=a", {});
    expect(commit.status).toBe(201);
    expect((await checked("POST", "/images/contract:a/tag?repo=contract&tag=b")).status).toBe(201);
    expect((await checked("DELETE", "/images/contract:a")).status).toBe(200);
    expect((await checked("DELETE", "/images/contract:b")).status).toBe(200);
    for (const noun of ["containers", "images", "volumes", "networks"]) {
      const pruned = await checked("POST", `/${noun}/prune?${filters({ label: ["nosuchlabel"] })}`);
      expect(`${noun} ${pruned.status}`).toBe(`${noun} 200`);
    }
  });

  test("volumes", async () => {
    expect((await checked("POST", "/volumes/create", { Name: "made", Labels: { k: "v" } })).status).toBe(201);
    expect((await checked("DELETE", "/volumes/made")).status).toBe(204);
  });
});

describe("what is refused", () => {
  const refusals: readonly [method: string, target: string, status: number, body?: unknown][] = [
    ["GET", "/containers/nosuch/json", 404],
    ["GET", "/images/nosuch/json", 404],
    ["GET", "/volumes/nosuch", 404],
    ["GET", "/networks/nosuch", 404],
    ["GET", "/exec/nosuch/json", 404],
    ["POST", "/containers/nosuch/start", 404],
    ["POST", "/containers/create", 400, {}],
    ["POST", "/containers/create", 404, { Image: "nosuchimage" }],
    ["POST", "/containers/create?name=full", 409, { Image: "busybox" }],
    ["POST", "/containers/create?name=a/b", 400, { Image: "busybox" }],
    ["POST", "/containers/create", 400, { Image: "busybox", HostConfig: { Memory: "much" } }],
    ["POST", "/containers/fresh/kill", 409],
    ["POST", "/containers/full/kill?signal=NOSUCH", 400],
    ["POST", "/containers/fresh/exec", 409, { Cmd: ["true"] }],
    ["POST", "/containers/full/exec", 400, { Cmd: [] }],
    ["DELETE", "/containers/full", 409],
    ["DELETE", "/images/busybox", 409],
    ["DELETE", "/volumes/data", 409],
    ["DELETE", "/networks/bridge", 403],
    ["GET", `/containers/json?${filters({ nosuch: ["1"] })}`, 400],
    ["GET", "/containers/json?filters=nonsense", 400],
    ["GET", "/containers/full/logs", 400],
    ["GET", "/swarm", 503],
    ["GET", "/services", 503],
    ["GET", "/nodes", 503],
  ];

  test.each(refusals)("%s %s", async (...[method, target, status, body]) => {
    const response = await engine.request(method, `/v1.51${target}`, body);
    const answer = (await response.json()) as { message?: unknown };
    expect(`${response.status} ${typeof answer.message} ${answer.message}`).toStartWith(`${status} string `);
    expect(Object.keys(answer)).toEqual(["message"]);
    expect(String(answer.message)).not.toMatch(/undefined|\[object|TypeError|at .*\.ts:/);
  });

  test("pages that are not there, in Docker's words", async () => {
    for (const path of ["/nosuchpage", "/v1.51/nosuchpage", "/v1.51/containers/full/nosuch"]) {
      const response = await engine.request("GET", path);
      expect(response.status).toBe(404);
      expect(await response.json()).toEqual({ message: "page not found" });
    }
  });
});
