import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { Agent, request } from "node:http";
import { connect } from "node:net";
import { TestEngine } from "../setup/test-engine.ts";

setDefaultTimeout(120_000);

/** The same seed makes the same bodies; a failure names it. */
const seed = Number(process.env.HULL_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
const rounds = Number(process.env.HULL_TEST_FUZZ ?? 400);

let engine: TestEngine;
const oneConnection = new Agent({ keepAlive: true, maxSockets: 1 });
beforeAll(async () => {
  engine = await TestEngine.start();
  await engine.ok("run", "--rm", "busybox", "true");
  await engine.ok("run", "-d", "--init", "--name", "target", "busybox", "sleep", "10000");
});
afterAll(async () => {
  oneConnection.destroy();
  await engine[Symbol.asyncDispose]();
});

function send(method: string, path: string, body: Buffer): Promise<{ status: number; text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const headers = { "content-type": "application/json", "content-length": String(body.length) };
  const asked = request(
    { socketPath: engine.socket, method, path, headers, agent: oneConnection },
    (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
      );
      response.on("error", reject);
    },
  );
  asked.on("error", reject);
  asked.end(body);
  return promise;
}

/** A small generator of numbers that a seed decides (mulberry32). */
function randomOf(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A body that is all right, with something in most places. */
const good = {
  Image: "busybox",
  Cmd: ["sleep", "1"],
  Entrypoint: ["echo"],
  Env: ["A=1", "B=2"],
  Labels: { a: "b" },
  User: "0:0",
  WorkingDir: "/x",
  Hostname: "host",
  Domainname: "domain",
  ExposedPorts: { "80/tcp": {} },
  Volumes: { "/v": {} },
  Tty: false,
  OpenStdin: true,
  StopSignal: "TERM",
  StopTimeout: 3,
  Healthcheck: { Test: ["CMD", "true"], Interval: 1e9, Retries: 2 },
  HostConfig: {
    Binds: ["/tmp:/t:ro"],
    Mounts: [{ Type: "tmpfs", Target: "/m", TmpfsOptions: { SizeBytes: 1000, Mode: 448 } }],
    Tmpfs: { "/q": "size=1m" },
    Memory: 67108864,
    MemorySwap: -1,
    MemoryReservation: 10000000,
    NanoCpus: 500000000,
    CpuShares: 2,
    CpusetCpus: "0",
    PidsLimit: 20,
    OomScoreAdj: 10,
    BlkioDeviceReadBps: [{ Path: "/dev/null", Rate: 1 }],
    Ulimits: [{ Name: "nofile", Soft: 1, Hard: 2 }],
    Devices: [{ PathOnHost: "/dev/null", PathInContainer: "/dev/x", CgroupPermissions: "r" }],
    DeviceCgroupRules: ["c 1:3 r"],
    CapAdd: ["NET_ADMIN"],
    CapDrop: ["CHOWN"],
    SecurityOpt: ["no-new-privileges"],
    Sysctls: { "net.ipv4.ip_forward": "1" },
    NetworkMode: "bridge",
    PortBindings: { "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "0" }] },
    Dns: ["1.2.3.4"],
    DnsSearch: ["a.test"],
    ExtraHosts: ["a:1.2.3.4"],
    Links: ["target:alias"],
    VolumesFrom: ["target:ro"],
    PidMode: "",
    IpcMode: "private",
    UTSMode: "",
    CgroupnsMode: "private",
    RestartPolicy: { Name: "on-failure", MaximumRetryCount: 3 },
    LogConfig: { Type: "json-file", Config: { "max-size": "1m" } },
    ShmSize: 1048576,
    GroupAdd: ["5"],
    Init: true,
    AutoRemove: false,
    ReadonlyRootfs: true,
    ConsoleSize: [10, 20],
    Annotations: { a: "b" },
  },
  NetworkingConfig: { EndpointsConfig: { bridge: { MacAddress: "02:42:00:00:00:09", GwPriority: 1 } } },
};

const values: readonly (() => unknown)[] = [
  () => null,
  () => true,
  () => 0,
  () => -1,
  () => -(2 ** 63),
  () => 2 ** 53,
  () => 1e308,
  () => 1.5,
  () => "",
  () => " ",
  () => "\u0000",
  () => "/",
  () => "..",
  () => "../../../etc/passwd",
  () => "\ud800",
  () => "名前 🐳 \u202e",
  () => "a".repeat(5000),
  () => ":".repeat(20),
  () => "container:",
  () => "container:nosuch",
  () => "host",
  () => "1-",
  () => "-1",
  () => "0x10",
  () => "%s%n{{.}}",
  () => "$(reboot)`id`",
  () => [],
  () => {
    let nested: unknown = [];
    for (let depth = 0; depth < 200; depth++) nested = [nested];
    return nested;
  },
  () => [null, "", {}, []],
  () => ({}),
  () => ({ "": null, __proto__x: 1, constructor: {}, toString: "x" }),
  () => Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`key ${index}`, index])),
];

/** Puts something wrong, or several things, into places of a good body. */
function spoilt(random: () => number): unknown {
  const body = structuredClone(good) as unknown;
  const count = 1 + Math.floor(random() * 3);
  for (let index = 0; index < count; index++) spoilOne(body, random);
  return body;
}

function spoilOne(body: unknown, random: () => number): void {
  let place = body as Record<string, unknown>;
  for (;;) {
    const keys = Object.keys(place);
    const key = keys[Math.floor(random() * keys.length)];
    if (key === undefined) return;
    const inner = place[key];
    const deeper = typeof inner === "object" && inner !== null && Object.keys(inner).length > 0;
    if (deeper && random() < 0.85) {
      place = inner as Record<string, unknown>;
      continue;
    }
    const choice = random();
    if (choice < 0.8) place[key] = values[Math.floor(random() * values.length)]?.();
    else if (choice < 0.9) delete place[key];
    else place[`${key}x`] = inner;
    return;
  }
}

/** What an engine may say to anything: a plain sentence, and never that it stumbled. */
function acceptable(what: string, status: number, text: string): void {
  const sentence = `${what} (seed ${seed}): ${status} ${text.slice(0, 300)}`;
  if (status >= 500 && status !== 501) throw new Error(sentence);
  if (status < 400) return;
  const message: unknown = JSON.parse(text).message;
  if (typeof message !== "string" || message === "") throw new Error(`no message: ${sentence}`);
  if (/undefined|\[object Object\]|TypeError|is not a function|Cannot read|NaN/.test(message)) {
    throw new Error(`a message for nobody: ${sentence}`);
  }
}

test("the body that is spoilt is good", async () => {
  const answer = await send("POST", "/v1.51/containers/create", Buffer.from(JSON.stringify(good)));
  expect(`${answer.status} ${answer.text}`).toStartWith("201 ");
  const { Id } = JSON.parse(answer.text) as { Id: string };
  await send("POST", `/v1.51/containers/${Id}/start`, Buffer.alloc(0));
  expect((await send("DELETE", `/v1.51/containers/${Id}?force=1&v=1`, Buffer.alloc(0))).status).toBe(204);
});

test(`${rounds} spoilt bodies of create`, async () => {
  const random = randomOf(seed);
  await send("GET", "/_ping", Buffer.alloc(0));
  const before = engine.footprint();
  const { pid } = engine;
  let made = 0;
  for (let round = 0; round < rounds; round++) {
    const body = spoilt(random);
    const answer = await send("POST", "/v1.51/containers/create", Buffer.from(JSON.stringify(body)));
    acceptable(`round ${round}: ${JSON.stringify(body).slice(0, 2000)}`, answer.status, answer.text);
    if (answer.status !== 201) continue;
    made++;
    const { Id } = JSON.parse(answer.text) as { Id: string };
    if (made % 10 === 0) {
      const started = await send("POST", `/v1.51/containers/${Id}/start`, Buffer.alloc(0));
      // What only the kernel refuses is told at start, with whatever status.
      if (started.status >= 400) expect(JSON.parse(started.text).message).toBeString();
    }
    const inspected = await send("GET", `/v1.51/containers/${Id}/json`, Buffer.alloc(0));
    expect(`${inspected.status} seed ${seed} round ${round}`).toBe(`200 seed ${seed} round ${round}`);
    expect((await send("DELETE", `/v1.51/containers/${Id}?force=1&v=1`, Buffer.alloc(0))).status).toBe(204);
  }
  expect(made).toBeGreaterThan(0);
  expect(engine.pid).toBe(pid);
  const volumes = (await engine.ok("volume", "ls", "-q")).split("\n").filter((name) => name !== "");
  for (const volume of volumes) await engine.docker("volume", "rm", volume);
  await engine.assertNothingLeaked(before);
});

const textOf = (value: unknown) => (typeof value === "string" ? value : (JSON.stringify(value) ?? ""));

test("spoilt bodies and queries of the other calls", async () => {
  const random = randomOf(seed + 1);
  const any = () => values[Math.floor(random() * values.length)]?.();
  const anyText = () => encodeURIComponent(textOf(any()).replaceAll("\ud800", "?").slice(0, 500));
  const calls: readonly (() => [method: string, path: string, body: unknown])[] = [
    () => ["POST", "/containers/target/update", { Memory: any(), NanoCpus: any(), RestartPolicy: any() }],
    () => ["POST", "/containers/target/exec", { Cmd: any(), Env: any(), User: any(), WorkingDir: any() }],
    () => ["POST", "/volumes/create", { Name: any(), DriverOpts: any(), Labels: any(), Driver: any() }],
    () => ["POST", `/containers/target/rename?name=${anyText()}`, undefined],
    () => ["POST", `/containers/target/kill?signal=${anyText() || "x"}x`, undefined],
    () => ["POST", `/containers/target/resize?h=${anyText()}&w=${anyText()}`, undefined],
    () => ["GET", `/containers/json?filters=${anyText()}&limit=${anyText()}`, undefined],
    () => [
      "GET",
      `/containers/json?filters=${encodeURIComponent(JSON.stringify({ label: any(), x: any() }))}`,
      undefined,
    ],
    () => [
      "GET",
      `/containers/target/logs?stdout=1&tail=${anyText()}&since=${anyText()}&until=${anyText()}`,
      undefined,
    ],
    () => ["GET", `/containers/target/top?ps_args=${anyText()}`, undefined],
    () => ["GET", `/containers/${anyText()}/json`, undefined],
    () => ["GET", `/images/${anyText()}/json`, undefined],
    () => ["GET", `/volumes/${anyText()}`, undefined],
    () => ["GET", `/containers/target/archive?path=${anyText()}`, undefined],
    () => ["PUT", `/containers/target/archive?path=${anyText()}`, any()],
    () => ["POST", `/images/busybox/tag?repo=${anyText()}&tag=${anyText()}`, undefined],
    () => ["POST", `/images/load`, any()],
    () => ["POST", `/images/create?fromSrc=-&repo=${anyText()}`, any()],
    () => ["DELETE", `/images/${anyText()}`, undefined],
    () => ["GET", `/events?until=1&filters=${anyText()}&since=${anyText()}`, undefined],
  ];
  const { pid } = engine;
  for (let round = 0; round < rounds; round++) {
    const [method, path, body] = calls[round % calls.length]?.() ?? ["GET", "/_ping", undefined];
    const bytes = body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body));
    const answer = await send(method, `/v1.51${path}`, bytes);
    acceptable(`${method} ${path} ${bytes.toString().slice(0, 500)}`, answer.status, answer.text);
    if (path.includes("/rename") && answer.status < 400) {
      const name = decodeURIComponent(path.split("name=")[1] ?? "");
      await engine.ok("rename", name, "target");
    }
  }
  expect(engine.pid).toBe(pid);
  expect(await engine.ok("exec", "target", "echo", "alive")).toBe("alive");
});

test("bytes that are no request", async () => {
  const { pid } = engine;
  const noise = [
    "\r\n\r\n",
    "GET\r\n\r\n",
    "GET / HTTP/9.9\r\n\r\n",
    `GET /${"a".repeat(200_000)} HTTP/1.1\r\n\r\n`,
    `GET / HTTP/1.1\r\n${"X: y\r\n".repeat(20_000)}\r\n`,
    "POST /containers/create HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
    "POST /containers/create HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999\r\n\r\n{",
    "POST /containers/create HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "GET /_ping HTTP/1.1\r\nHost: x\r\nBad Header: y\r\n\r\n",
    "GET /%zz%ff HTTP/1.1\r\nHost: x\r\n\r\n",
    Buffer.from(Array.from({ length: 4000 }, (_, index) => (index * 37) % 256)).toString("latin1"),
  ];
  for (const text of noise) {
    await new Promise<void>((resolve) => {
      const socket = connect(engine.socket, () => {
        socket.write(Buffer.from(text, "latin1"));
        setTimeout(() => socket.destroy(), 100);
      });
      socket.on("error", () => {});
      socket.on("close", () => resolve());
      socket.resume();
    });
  }
  expect(engine.pid).toBe(pid);
  expect(await engine.ok("run", "--rm", "busybox", "echo", "alive")).toBe("alive");
});
