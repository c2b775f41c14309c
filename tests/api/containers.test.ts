import { describe, expect, test } from "bun:test";
import type { ContainerView, CreateContainerRequest } from "../../src/engine/services/containers.ts";
import { conflict, notFound, notModified } from "../../src/errors/engine-error.ts";
import type { ContainerState } from "../../src/records/container-record.ts";
import { sampleConfig, sampleContainer, sampleHostConfig } from "../fakes/container-samples.ts";
import { startApi, streamOf } from "./api-harness.ts";

const id = "c".repeat(64);
const networkId = "b".repeat(64);

function view(state: ContainerState, changes: Partial<ContainerView> = {}): ContainerView {
  return {
    record: sampleContainer({
      state,
      args: ["-c", "echo hello"],
      config: sampleConfig({ ExposedPorts: { "80/tcp": {}, "81/udp": {} }, Labels: { a: "b" } }),
      hostConfig: sampleHostConfig({
        LogConfig: { Type: "json-file", Config: {} },
        CgroupnsMode: "host",
        PortBindings: { "80/tcp": [{ HostIp: "", HostPort: "8080" }] },
      }),
      ports: [{ containerPort: 80, protocol: "tcp", hostIp: "0.0.0.0", hostPort: 8080 }],
      endpoints: {
        bridge: {
          request: {},
          networkId,
          endpointId: "e".repeat(64),
          gateway: "172.17.0.1",
          ipAddress: "172.17.0.2",
          ipPrefixLength: 16,
          macAddress: "02:42:ac:11:00:02",
        },
      },
      mounts: [
        {
          type: "volume",
          name: "data",
          source: "/volumes/data/_data",
          destination: "/data",
          driver: "local",
          mode: "z",
          readOnly: false,
          propagation: "",
          anonymous: false,
          copyUp: true,
        },
      ],
    }),
    imageName: "busybox",
    imageManifest: undefined,
    details: { execIds: [], graph: { UpperDir: "/u" } },
    paths: { log: "/l", hosts: "/h", hostname: "/n", resolvConf: "/r" },
    networkNames: new Map(),
    sandboxPath: "/run/netns/x",
    ...changes,
  };
}

const now = new Date().toISOString();
const states: ContainerState[] = [
  { status: "created" },
  { status: "running", pid: 7, startedAt: now },
  { status: "paused", pid: 7, startedAt: now },
  { status: "restarting", exitCode: 1, startedAt: now, finishedAt: now },
  { status: "exited", exitCode: 137, startedAt: now, finishedAt: now, oomKilled: true, error: "killed" },
  { status: "dead", exitCode: 1, startedAt: now, finishedAt: now, oomKilled: false },
  { status: "removing", before: { status: "created" } },
];

describe("inspect and list", () => {
  test.each(states)("%j fits the API file in old and new versions", async (state) => {
    await using api = await startApi({
      containers: {
        inspect: async () => view(state, { size: { rw: 1, rootFs: 2 } }),
        list: async () => [view(state)],
      },
    });
    for (const version of ["/v1.24", "/v1.41", "/v1.51"]) {
      const { json } = await api.call("GET", `${version}/containers/x/json?size=1`);
      expect(json).toMatchObject({
        Id: id,
        Name: "/steady_hopper",
        State: { Status: state.status },
        SizeRw: 1,
      });
      const list = (await api.call("GET", `${version}/containers/json?all=1`)).json;
      expect(list).toMatchObject([
        { Command: "sh -c 'echo hello'", State: state.status, Names: ["/steady_hopper"] },
      ]);
    }
  });

  test("a running container shows its ports and addresses, a created one no ports", async () => {
    let state: ContainerState = { status: "running", pid: 7, startedAt: now };
    await using api = await startApi({
      containers: { inspect: async () => view(state), list: async () => [view(state)] },
    });
    expect((await api.call("GET", "/containers/x/json")).json).toMatchObject({
      State: { Running: true, Pid: 7, FinishedAt: "0001-01-01T00:00:00Z" },
      NetworkSettings: {
        IPAddress: "172.17.0.2",
        Ports: { "80/tcp": [{ HostIp: "0.0.0.0", HostPort: "8080" }], "81/udp": null },
        Networks: { bridge: { NetworkID: networkId, IPPrefixLen: 16 } },
      },
      Mounts: [{ Type: "volume", Name: "data", RW: true }],
    });
    expect((await api.call("GET", "/containers/json")).json).toMatchObject([
      {
        Status: "Up Less than a second",
        Ports: [
          { IP: "0.0.0.0", PrivatePort: 80, PublicPort: 8080, Type: "tcp" },
          { PrivatePort: 81, Type: "udp" },
        ],
      },
    ]);
    state = { status: "created" };
    expect((await api.call("GET", "/containers/x/json")).json).toMatchObject({
      NetworkSettings: { Ports: {} },
    });
  });

  test("the query of a list is read, an unknown filter refused", async () => {
    await using api = await startApi({
      containers: {
        list: async (query) => {
          expect([query.all, query.limit, query.size]).toEqual([true, 3, false]);
          expect(query.filters.get("label")).toEqual(["a=b"]);
          return [];
        },
      },
    });
    const filters = encodeURIComponent('{"label":["a=b"]}');
    expect((await api.call("GET", `/containers/json?all=1&limit=3&filters=${filters}`)).json).toEqual([]);
    const refused = await api.call("GET", `/containers/json?filters=${encodeURIComponent('{"foo":["a"]}')}`);
    expect([refused.status, refused.json]).toEqual([400, { message: "invalid filter 'foo'" }]);
    expect((await api.call("GET", "/containers/json?limit=x")).status).toBe(400);
  });
});

describe("create", () => {
  const create = async (body: unknown, target = "/containers/create?name=/web") => {
    let request: CreateContainerRequest | undefined;
    await using api = await startApi({
      containers: {
        create: async (given) => {
          request = given;
          return { id, warnings: ["careful"] };
        },
      },
    });
    return { answer: await api.call("POST", target, body), request };
  };

  test("fills every default", async () => {
    const { answer, request } = await create({ Image: "busybox", HostConfig: null, NetworkingConfig: null });
    expect([answer.status, answer.json]).toEqual([201, { Id: id, Warnings: ["careful"] }]);
    expect(request).toMatchObject({ name: "web", platform: undefined, endpoints: {}, macAddress: undefined });
    expect(request?.hostConfig).toMatchObject({
      NetworkMode: "bridge",
      ShmSize: 67108864,
      LogConfig: { Type: "json-file", Config: { "max-size": "20m" } },
      RestartPolicy: { Name: "no", MaximumRetryCount: 0 },
      IpcMode: "private",
      CgroupnsMode: "host",
      Runtime: "runc",
      OomKillDisable: false,
      MaskedPaths: expect.arrayContaining(["/proc/kcore"]),
      ReadonlyPaths: expect.arrayContaining(["/proc/sys"]),
    });
  });

  test("privileged shows everything, an empty list means unconfined, memory sets swap", async () => {
    const privileged = await create({ Image: "a", HostConfig: { Privileged: true } });
    expect(privileged.request?.hostConfig).toMatchObject({ MaskedPaths: null, ReadonlyPaths: null });
    const open = await create({
      Image: "a",
      HostConfig: { MaskedPaths: [], ReadonlyPaths: [], Memory: 100 },
    });
    expect(open.request?.hostConfig).toMatchObject({ MaskedPaths: [], ReadonlyPaths: [], MemorySwap: 200 });
  });

  test("an older client has older defaults", async () => {
    const { request } = await create({ Image: "a" }, "/v1.39/containers/create?platform=windows");
    expect(request?.hostConfig.IpcMode).toBe("shareable");
    expect(request?.platform).toBeUndefined();
  });

  test("a network, its addresses and a platform are handed on", async () => {
    const { request } = await create(
      {
        Image: "a",
        MacAddress: "02:00:00:00:00:01",
        HostConfig: { NetworkMode: "mine", PidsLimit: -1 },
        NetworkingConfig: {
          EndpointsConfig: { mine: { IPAMConfig: { IPv4Address: "10.0.0.2" } }, default: null },
        },
      },
      "/containers/create?platform=linux/aarch64",
    );
    expect(request).toMatchObject({
      platform: { os: "linux", architecture: "arm64" },
      macAddress: "02:00:00:00:00:01",
      endpoints: { mine: { IPAMConfig: { IPv4Address: "10.0.0.2" } }, bridge: { Aliases: null } },
      hostConfig: { NetworkMode: "mine", PidsLimit: null },
    });
  });

  test.each([
    [{}, "config cannot be empty in order to create a container"],
    [{ HostConfig: {} }, "config cannot be empty in order to create a container"],
    ["", "config cannot be empty in order to create a container"],
    ["{bro", expect.stringMatching(/^invalid JSON: /)],
    ["{} x", expect.stringMatching(/^invalid JSON: /)],
    ["[1]", "invalid JSON: the request body must be an object, not a list"],
    [{ Image: 1 }, "invalid JSON: Image must be a string, not a number"],
    [
      { Image: "a", HostConfig: { RestartPolicy: { Name: "sometimes" } } },
      expect.stringContaining("unknown policy 'sometimes'"),
    ],
    [{ Image: "a", HostConfig: { CgroupnsMode: "x" } }, "invalid cgroup namespace mode: x"],
    [
      { Image: "a", HostConfig: { Mounts: [{ Type: "x", Target: "/x" }] } },
      'invalid mount config for type "x": mount type unknown',
    ],
    [
      { Image: "a", HostConfig: { CpuCount: 2 } },
      "invalid option CpuCount: it is for Windows containers only",
    ],
    [
      { Image: "a", HostConfig: { KernelMemory: 5 } },
      "invalid option KernelMemory: kernel memory limits are not supported any more",
    ],
  ])("%j is refused", async (body, message) => {
    const { answer, request } = await create(body);
    expect([answer.status, answer.json]).toEqual([400, { message }]);
    expect(request).toBeUndefined();
  });

  test("deep and huge bodies are refused without harm", async () => {
    expect((await create(`${"[".repeat(100_000)}`)).answer.status).toBe(400);
    expect((await create(`{"a":${"[".repeat(50_000)}${"]".repeat(50_000)}}`)).answer.status).toBe(400);
    expect((await create(`{"Image":"${"x".repeat(5_000_000)}"}`)).answer.status).toBe(400);
  });

  test("a body that does not say it is JSON is refused", async () => {
    await using api = await startApi();
    const response = await fetch("http://engine/containers/create", {
      unix: api.path,
      method: "POST",
      body: "{}",
      headers: { "Content-Type": "text/plain" },
    });
    expect([response.status, await response.json()]).toEqual([
      400,
      { message: "unsupported Content-Type header (text/plain): must be 'application/json'" },
    ]);
  });
});

describe("life", () => {
  test("verbs hand on what they were asked and answer 204", async () => {
    const calls: unknown[] = [];
    const note =
      (verb: string) =>
      async (...args: unknown[]) => {
        calls.push([verb, ...args]);
      };
    await using api = await startApi({
      containers: {
        start: note("start"),
        stop: note("stop"),
        restart: note("restart"),
        kill: note("kill"),
        pause: note("pause"),
        unpause: note("unpause"),
        rename: note("rename"),
        remove: note("remove"),
        resize: note("resize"),
      },
    });
    const statuses: number[] = [];
    for (const target of [
      "POST /containers/x/start",
      "POST /containers/x/stop?t=-1&signal=SIGINT",
      "POST /v1.41/containers/x/restart?t=3&signal=SIGINT",
      "POST /containers/x/kill",
      "POST /containers/x/pause",
      "POST /containers/x/unpause",
      "POST /containers/x/rename?name=/y",
      "DELETE /containers/x?force=1&v=true",
      "POST /containers/x/resize?h=24&w=80",
    ]) {
      const [method = "", path = ""] = target.split(" ");
      statuses.push((await api.call(method, path)).status);
    }
    expect(statuses).toEqual([204, 204, 204, 204, 204, 204, 204, 204, 200]);
    expect(calls).toEqual([
      ["start", "x"],
      ["stop", "x", { timeout: -1, signal: "SIGINT" }],
      ["restart", "x", { timeout: 3 }],
      ["kill", "x", "SIGKILL"],
      ["pause", "x"],
      ["unpause", "x"],
      ["rename", "x", "y"],
      ["remove", "x", { force: true, volumes: true, link: false }],
      ["resize", "x", 24, 80],
    ]);
  });

  test("errors keep their sentence and get their status", async () => {
    await using api = await startApi({
      containers: {
        start: async () => {
          throw notModified("already started");
        },
        inspect: async () => {
          throw notFound("No such container: x");
        },
        remove: async () => {
          throw conflict("it runs");
        },
      },
    });
    const start = await api.call("POST", "/containers/x/start");
    expect([start.status, start.text]).toEqual([304, ""]);
    const inspect = await api.call("GET", "/containers/x/json");
    expect([inspect.status, inspect.json]).toEqual([404, { message: "No such container: x" }]);
    expect((await api.call("DELETE", "/containers/x")).status).toBe(409);
    expect((await api.call("POST", "/containers/x/resize?h=a&w=1")).status).toBe(400);
    expect((await api.call("POST", "/containers/x/rename")).status).toBe(400);
    expect((await api.call("POST", "/containers/x/start", { Image: "old style" })).status).toBe(400);
  });

  test("wait answers its head at once and its body at the end", async () => {
    const end = Promise.withResolvers<{ exitCode: number; error?: string }>();
    await using api = await startApi({
      containers: {
        wait: async (_name, condition) => {
          expect(condition).toBe("removed");
          return { result: end.promise };
        },
      },
    });
    const response = await fetch("http://engine/containers/x/wait?condition=removed", {
      unix: api.path,
      method: "POST",
    });
    expect(response.status).toBe(200);
    end.resolve({ exitCode: 3, error: "oh" });
    expect(await response.json()).toEqual({ StatusCode: 3, Error: { Message: "oh" } });
    expect((await api.call("POST", "/containers/x/wait?condition=bored")).status).toBe(400);
  });

  test("update hands on only what is asked, labels among it", async () => {
    await using api = await startApi({
      containers: {
        update: async (_name, change) => {
          expect(change).toEqual({
            hostConfig: {
              Memory: 5,
              // 0 takes the limit away; null, which clients send when nobody asked, leaves it.
              PidsLimit: 0,
              RestartPolicy: { Name: "always", MaximumRetryCount: 0 },
            },
            labels: { a: "b", c: null },
          });
          return { warnings: [] };
        },
      },
    });
    const answer = await api.call("POST", "/containers/x/update", {
      Memory: 5,
      CpuShares: 0,
      CpusetCpus: "",
      Devices: [],
      PidsLimit: 0,
      RestartPolicy: { Name: "always" },
      Labels: { a: "b", c: null },
    });
    expect(answer.json).toEqual({ Warnings: [] });
    expect((await api.call("POST", "/containers/x/update", { Labels: { a: 1 } })).status).toBe(400);
  });

  test("prune, top and changes", async () => {
    await using api = await startApi({
      containers: {
        prune: async () => ({ deleted: ["x"], spaceReclaimed: 5 }),
        top: async (_name, args) => ({ titles: ["PID"], processes: [[args]] }),
        changes: async () => [{ path: "/a", kind: 1 }],
      },
    });
    expect((await api.call("POST", "/containers/prune")).json).toEqual({
      ContainersDeleted: ["x"],
      SpaceReclaimed: 5,
    });
    expect((await api.call("GET", "/containers/x/top")).json).toEqual({
      Titles: ["PID"],
      Processes: [["-ef"]],
    });
    expect((await api.call("GET", "/containers/x/changes")).json).toEqual([{ Path: "/a", Kind: 1 }]);
  });

  test("commit", async () => {
    await using api = await startApi({
      containers: {
        commit: async (request) => {
          expect(request).toMatchObject({
            container: "x",
            reference: "repo:tag",
            pause: false,
            changes: ["CMD a", "ENV b"],
            config: { Cmd: ["x"] },
          });
          return { id: `sha256:${"d".repeat(64)}` as never };
        },
      },
    });
    const target = "/commit?container=x&repo=repo&tag=tag&pause=0&changes=CMD%20a&changes=ENV%20b";
    expect((await api.call("POST", target, { Cmd: ["x"] })).status).toBe(201);
    expect((await api.call("POST", "/commit")).status).toBe(400);
  });
});

describe("files", () => {
  const stat = { name: "f", size: 3, mode: 420, mtime: now, linkTarget: "" };
  test("go out with their description in a header, and come in whole", async () => {
    let received = "";
    await using api = await startApi({
      containers: {
        statPath: async () => stat,
        getArchive: async () => ({ stat, tar: streamOf("t", "ar") }),
        export: async () => streamOf("root"),
        putArchive: async (_name, path, tar, options) => {
          expect([path, options]).toEqual(["/x", { noOverwriteDirNonDir: true, copyUidGid: false }]);
          received = await new Response(tar).text();
        },
      },
    });
    const head = await api.call("HEAD", "/containers/x/archive?path=/x");
    const header = head.headers.get("x-docker-container-path-stat") ?? "";
    expect(JSON.parse(Buffer.from(header, "base64").toString())).toEqual(stat);
    const get = await api.call("GET", "/containers/x/archive?path=/x");
    expect([get.text, get.headers.get("content-type")]).toEqual(["tar", "application/x-tar"]);
    const response = await fetch("http://engine/containers/x/archive?path=/x&noOverwriteDirNonDir=1", {
      unix: api.path,
      method: "PUT",
      body: "bytes",
    });
    expect([response.status, received]).toEqual([200, "bytes"]);
    expect((await api.call("GET", "/containers/x/export")).text).toBe("root");
    expect((await api.call("GET", "/containers/x/archive")).status).toBe(400);
  });
});
