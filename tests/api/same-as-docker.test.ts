import { afterAll, describe, expect, test } from "bun:test";
import type { ContainerView } from "../../src/engine/services/containers.ts";
import { isObject } from "../../src/protocol/validate.ts";
import { validateResponse } from "../../src/protocol/validate-response.ts";
import { sampleContainer } from "../fakes/container-samples.ts";
import { call, startApi } from "./api-harness.ts";

/**
 * The same requests to our server and to a real Docker engine (HULL_TEST_REFERENCE=unix:///…,
 * API 1.41, with the image busybox:latest): what we fill in for a container must be what
 * Docker fills in. Differences we want are listed with their reason.
 */
const reference = process.env.HULL_TEST_REFERENCE?.replace(/^unix:\/\//, "");
const version = "/v1.41";

/** Members that rightly differ; the reference is older than the API version we follow. */
const wanted: Readonly<Record<string, string>> = {
  "HostConfig.NetworkMode": "since 26 the default is told by its name, bridge",
  "HostConfig.MaskedPaths": "newer engines mask more",
  "HostConfig.LogConfig": "rotation is on by default here",
  "HostConfig.SecurityOpt": "Docker adds a word for SELinux when privileged",
  "Config.Hostname": "the engine fills it from the id",
  "Config.Image": "the same in both, but checked apart",
};

const bodies: Readonly<Record<string, object>> = {
  "only an image": { Image: "busybox", Cmd: ["true"], HostConfig: { RestartPolicy: { Name: "no" } } },
  "what docker run sends": {
    Hostname: "",
    Domainname: "",
    User: "",
    AttachStdin: false,
    AttachStdout: true,
    AttachStderr: true,
    Tty: false,
    OpenStdin: false,
    StdinOnce: false,
    Env: [],
    Cmd: ["true"],
    Image: "busybox",
    Volumes: {},
    WorkingDir: "",
    Entrypoint: null,
    OnBuild: null,
    Labels: {},
    HostConfig: {
      Binds: null,
      ContainerIDFile: "",
      LogConfig: { Type: "", Config: {} },
      NetworkMode: "default",
      PortBindings: {},
      RestartPolicy: { Name: "no", MaximumRetryCount: 0 },
      AutoRemove: false,
      VolumeDriver: "",
      VolumesFrom: null,
      ConsoleSize: [24, 80],
      CapAdd: null,
      CapDrop: null,
      CgroupnsMode: "",
      Dns: [],
      DnsOptions: [],
      DnsSearch: [],
      ExtraHosts: null,
      GroupAdd: null,
      IpcMode: "",
      Cgroup: "",
      Links: null,
      OomScoreAdj: 0,
      PidMode: "",
      Privileged: false,
      PublishAllPorts: false,
      ReadonlyRootfs: false,
      SecurityOpt: null,
      UTSMode: "",
      UsernsMode: "",
      ShmSize: 0,
      Isolation: "",
      CpuShares: 0,
      Memory: 0,
      BlkioWeightDevice: [],
      BlkioDeviceReadBps: [],
      BlkioDeviceWriteBps: [],
      BlkioDeviceReadIOps: [],
      BlkioDeviceWriteIOps: [],
      Devices: [],
      DeviceCgroupRules: null,
      DeviceRequests: null,
      MemorySwappiness: -1,
      OomKillDisable: false,
      PidsLimit: 0,
      Ulimits: [],
      MaskedPaths: null,
      ReadonlyPaths: null,
    },
    NetworkingConfig: { EndpointsConfig: {} },
  },
  limits: {
    Image: "busybox",
    Cmd: "true",
    HostConfig: {
      Memory: 64 * 1024 * 1024,
      CpuShares: 512,
      NanoCpus: 500_000_000,
      PidsLimit: 10,
      ShmSize: 1024 * 1024,
      Ulimits: [{ Name: "nofile", Soft: 10, Hard: 20 }],
      CapAdd: "NET_ADMIN",
      RestartPolicy: { Name: "on-failure", MaximumRetryCount: 3 },
      Sysctls: { "net.ipv4.ip_forward": "1" },
      Tmpfs: { "/run": "rw" },
      Init: true,
    },
  },
  "privileged, with everything hidden shown": {
    Image: "busybox",
    Cmd: ["true"],
    Tty: true,
    OpenStdin: true,
    StopSignal: "SIGINT",
    StopTimeout: 3,
    Labels: { a: "b" },
    Env: ["A=B"],
    ExposedPorts: { "80/tcp": {} },
    Healthcheck: { Test: ["CMD", "true"], Interval: 1_000_000_000 },
    HostConfig: {
      Privileged: true,
      RestartPolicy: { Name: "no" },
      PortBindings: { "80/tcp": [{ HostPort: "0" }] },
    },
  },
};

const created: string[] = [];

describe.skipIf(!reference)("as Docker", () => {
  const socket = reference ?? "";
  afterAll(async () => {
    for (const id of created) await call(socket, "DELETE", `${version}/containers/${id}?force=1`);
  });

  test.each(Object.entries(bodies))("create fills in the same: %s", async (_name, body) => {
    const theirs = await inspectAfterCreate(socket, body);
    let view: ContainerView | undefined;
    await using api = await startApi({
      containers: {
        create: async ({ config, hostConfig }) => {
          view = {
            record: sampleContainer({ config, hostConfig }),
            imageName: "busybox",
            imageManifest: undefined,
            paths: { log: "", hosts: "", hostname: "", resolvConf: "" },
            networkNames: new Map(),
            sandboxPath: undefined,
          };
          return { id: view.record.id, warnings: [] };
        },
        inspect: async () => {
          if (!view) throw new Error("nothing was created");
          return view;
        },
      },
    });
    const ours = await inspectAfterCreate(api.path, body);
    expect(Object.keys(ours).sort()).toEqual(Object.keys(theirs).sort());
    for (const part of ["Config", "HostConfig", "State", "NetworkSettings"]) {
      expect(without(part, ours[part])).toEqual(without(part, theirs[part]));
    }
  });

  test("its own answers fit the API file as we check it", async () => {
    const { Containers: _containers, ...info } = (await call(socket, "GET", "/info")).json as Record<
      string,
      unknown
    >;
    expect(await validateResponse("GET", "/info", 200, info)).toEqual([]);
  });

  test.each([
    ["GET", "/nope", undefined],
    ["GET", "/swarm", undefined],
    ["POST", "/swarm/leave", undefined],
    ["GET", "/plugins", undefined],
    ["GET", "/plugins/x/json", undefined],
    ["GET", "/v1.99x/info", undefined],
    ["DELETE", "/_ping", undefined],
    ["GET", "/containers/no-such-container/logs", undefined],
  ])("%s %s", async (method, target, body) => {
    await using api = await startApi();
    const [ours, theirs] = [
      await call(api.path, method, target, body),
      await call(socket, method, target, body),
    ];
    expect([ours.status, ours.json]).toEqual([theirs.status, theirs.json]);
  });

  async function inspectAfterCreate(path: string, body: object): Promise<Record<string, unknown>> {
    const answer = await call(path, "POST", `${version}/containers/create`, body);
    expect([answer.status, answer.text]).toEqual([201, answer.text]);
    const { Id: id } = answer.json as { Id: string };
    if (path === socket) created.push(id);
    return (await call(path, "GET", `${version}/containers/${id}/json`)).json as Record<string, unknown>;
  }
});

/** Lists and maps with nothing in them are the same as none, for clients and for Docker itself. */
function without(part: string, value: unknown): Record<string, unknown> {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !(`${part}.${name}` in wanted))
      .map(([name, member]) => [name, isNothing(member) ? null : member])
      .filter(([name]) => part !== "NetworkSettings" || name !== "Networks"),
  );
}

function isNothing(value: unknown): boolean {
  return Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
}
