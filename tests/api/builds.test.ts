import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommandFailed } from "../../src/build/command-failed.ts";
import { DockerfileError } from "../../src/build/dockerfile/dockerfile-error.ts";
import { buildService } from "../../src/engine/builds/service.ts";
import type { EngineSettings } from "../../src/engine/context.ts";
import { EventBus } from "../../src/engine/events/event-bus.ts";
import { Background } from "../../src/lib/background.ts";
import { endOfArchive, formatHeader, paddingAfter } from "../../src/lib/tar/tar-writer.ts";
import { finished, output, ScriptedBuilder, started, stepEvents } from "../fakes/scripted-builder.ts";
import { until } from "../setup/until.ts";
import { startApi, type TestApi } from "./api-harness.ts";

let directory: string;
let api: TestApi;
let builder = new ScriptedBuilder();
const received = () => join(directory, "build", "received");

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "hull-build-api-"));
  const world = {
    builder: {
      build: (request: Parameters<ScriptedBuilder["build"]>[0]) => builder.build(request),
      prune: (policy: Parameters<ScriptedBuilder["prune"]>[0]) => builder.prune(policy),
      usage: async () => [],
      cacheMount: async () => undefined,
      repair: async () => [],
      close: async () => {},
    },
    background: new Background(),
    events: new EventBus(),
    settings: { dataRoot: directory } as EngineSettings,
  };
  api = await startApi({ builds: buildService(world) });
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});
beforeEach(() => {
  builder = new ScriptedBuilder();
});

function tarOf(files: Record<string, string>): Uint8Array {
  const parts = Object.entries(files).flatMap(([path, text]) => {
    const bytes = Buffer.from(text);
    const time = { seconds: 0, nanoseconds: 0 };
    const entry = {
      path,
      type: "file" as const,
      mode: 0o644,
      uid: 0,
      gid: 0,
      size: bytes.length,
      modified: time,
    };
    return [formatHeader(entry), bytes, paddingAfter(bytes.length)];
  });
  return Buffer.concat([...parts, endOfArchive()]);
}

const context = tarOf({ Dockerfile: "FROM scratch\n" });

const send = (method: string, target: string, body: Uint8Array | string = context, headers = {}) =>
  fetch(`http://engine/v1.51${target}`, { unix: api.path, method, body, headers });

/** The words a client prints. */
async function streamOf(response: Response): Promise<{ text: string; others: Record<string, unknown>[] }> {
  const lines = (await response.text()).split("\r\n").filter(Boolean);
  const messages = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return {
    text: messages.map(({ stream }) => stream ?? "").join(""),
    others: messages.filter((message) => !("stream" in message)),
  };
}

const normal = (text: string) =>
  text.replace(/Running in [0-9a-f]{12}/g, "Running in C").replace(/container [0-9a-f]{12}/g, "container C");

const shortId = "ab".repeat(6);

describe("POST /build in the classic builder's words", () => {
  test("steps that run side by side are told in the order of the Dockerfile", async () => {
    builder.script = async ({ onEvent }) => {
      const steps = stepEvents("FROM busybox", "RUN a", "COPY f /f", "RUN b", 'CMD ["x"]');
      for (const step of steps) onEvent(step);
      onEvent(finished(1, "cached", `sha256:${"1".repeat(64)}`));
      onEvent(started(2));
      onEvent(started(4));
      onEvent(output(4, "from b\n"));
      onEvent(finished(4, "done", "build-4"));
      onEvent(output(2, "from a\n"));
      onEvent(output(2, "trouble\n", 2));
      onEvent(finished(2, "done", "2".repeat(64)));
      onEvent(finished(3, "cached", "3".repeat(64)));
      onEvent(finished(5, "done", "5".repeat(64)));
      return {};
    };
    const response = await send("POST", "/build?t=x&t=y:1&t=x");
    expect(response.status).toBe(200);
    const { text, others } = await streamOf(response);
    expect(
      normal(text).replace(/ ---> [0-9a-f]{12}\nStep 5/, " ---> 4\nStep 5"),
    ).toBe(`Step 1/5 : FROM busybox
 ---> 111111111111
Step 2/5 : RUN a
 ---> Running in C
from a
\x1b[91mtrouble
\x1b[0mRemoving intermediate container C
 ---> 222222222222
Step 3/5 : COPY f /f
 ---> Using cache
 ---> 333333333333
Step 4/5 : RUN b
 ---> Running in C
from b
Removing intermediate container C
 ---> 4
Step 5/5 : CMD ["x"]
 ---> Running in C
Removing intermediate container C
 ---> ${shortId}
Successfully built ${shortId}
Successfully tagged x:latest
Successfully tagged y:1
`);
    expect(others).toEqual([{ aux: { ID: `sha256:${"ab".repeat(32)}` } }]);
  });

  test("a failed command: its output, then the classic error; in q, all that was held back before it", async () => {
    builder.script = async ({ onEvent }) => {
      for (const step of stepEvents("FROM busybox", "RUN false")) onEvent(step);
      onEvent(finished(1, "cached", "1".repeat(64)));
      onEvent(started(2));
      onEvent(output(2, "oh\n"));
      onEvent(finished(2, "failed"));
      throw new CommandFailed(["/bin/sh", "-c", "false"], 3);
    };
    const message = "The command '/bin/sh -c false' returned a non-zero code: 3";
    const text = `Step 1/2 : FROM busybox\n ---> 111111111111\nStep 2/2 : RUN false\n ---> Running in C\noh\n`;
    for (const query of ["", "?q=1"]) {
      const told = await streamOf(await send("POST", `/build${query}`));
      expect(normal(told.text)).toBe(text);
      expect(told.others).toEqual([{ errorDetail: { code: 3, message }, error: message }]);
    }
  });

  test("q gives the id alone; rm=0 keeps quiet about containers", async () => {
    builder.script = async ({ onEvent }) => {
      for (const step of stepEvents("FROM busybox", "RUN a")) onEvent(step);
      onEvent(finished(1, "cached", "1".repeat(64)));
      onEvent(finished(2, "done", "2".repeat(64)));
      return {};
    };
    expect(await streamOf(await send("POST", "/build?q=1&t=x"))).toEqual({
      text: `sha256:${"ab".repeat(32)}\n`,
      others: [],
    });
    expect((await streamOf(await send("POST", "/build?rm=0"))).text).not.toContain("Removing");
  });

  test("a mistake found before the first step is an answer of its own", async () => {
    const file = { name: "Dockerfile", text: "FRM x\n" };
    builder.script = async () => {
      const range = { start: { line: 1, column: 1 }, end: { line: 1, column: 4 } };
      throw new DockerfileError("dockerfile parse error on line 1: unknown instruction: FRM", file, range);
    };
    const response = await send("POST", "/build");
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      message: "dockerfile parse error on line 1: unknown instruction: FRM",
    });
  });
});

describe("the query of POST /build", () => {
  test("becomes a request", async () => {
    let seen = "";
    builder.script = async ({ context }) => {
      if (context.kind === "directory") seen = readFileSync(join(context.path, "Dockerfile"), "utf8");
      return {};
    };
    const query = new URLSearchParams([
      ["dockerfile", "sub/D"],
      ["buildargs", '{"A":"1","B":null}'],
      ["labels", '{"l":"v"}'],
      ["target", "final"],
      ["nocache", "1"],
      ["pull", "1"],
      ["networkmode", "web"],
      ["extrahosts", "db:10.0.0.1"],
      ["extrahosts", "six:::1"],
      ["memory", "1000"],
      ["memswap", "-1"],
      ["shmsize", "5"],
      ["ulimits", '[{"Name":"nofile","Soft":1,"Hard":2}]'],
      ["cachefrom", '["a:1","type=registry,ref=b:2,mode=max"]'],
      ["platform", "linux/amd64,linux/arm64"],
      ["unset", '["VOLUME=/x","env=A=B"]'],
      ["squash", "1"],
    ]);
    const auth = {
      "localhost:5000": { username: "u", password: "p" },
      "https://index.docker.io/v1/": { auth: btoa("a:b:c") },
    };
    const header = { "X-Registry-Config": Buffer.from(JSON.stringify(auth)).toString("base64url") };
    expect((await send("POST", `/build?${query}`, context, header)).status).toBe(200);
    expect(seen).toBe("FROM scratch\n");
    const [request] = builder.requests;
    expect(request).toMatchObject({
      dockerfile: { inContext: "sub/D" },
      buildArgs: new Map([["A", "1"]]),
      labels: new Map([["l", "v"]]),
      target: "final",
      noCache: true,
      pull: true,
      network: { name: "web" },
      hosts: [
        { name: "db", address: "10.0.0.1" },
        { name: "six", address: "::1" },
      ],
      limits: { memory: 1000, memorySwap: -1, shmSize: 5, ulimits: [{ Name: "nofile", Soft: 1, Hard: 2 }] },
      cacheFrom: [
        { kind: "registry", reference: "a:1", mode: "min" },
        { kind: "registry", reference: "b:2", mode: "max" },
      ],
      platforms: [{ architecture: "amd64" }, { architecture: "arm64" }],
      unset: [
        { kind: "VOLUME", name: "/x" },
        { kind: "ENV", name: "A=B" },
      ],
      squash: true,
      outputs: [{ kind: "image", push: false }],
    });
    expect(request?.credentials("localhost:5000")).toMatchObject({ username: "u", password: "p" });
    expect(request?.credentials("docker.io")).toMatchObject({ username: "a", password: "b:c" });
    expect(request?.credentials("elsewhere")).toBeUndefined();
    await until("the context is gone", () => readdirSync(received()).length === 0);
  });

  test.each([
    [
      "version=2",
      501,
      "this engine has no BuildKit: build with DOCKER_BUILDKIT=0 docker build, or with hull build",
    ],
    ["securityopt=x", 400, "The daemon on this platform does not support setting security options on build"],
    ["isolation=hyperv", 400, 'Unsupported isolation: "hyperv"'],
    [
      "networkmode=container:x",
      501,
      'building in the network of a container ("container:x") is not supported',
    ],
    ["t=UPPER", 400, "invalid reference format"],
    ["buildargs={", 400, "invalid value for buildargs: it is no JSON"],
    ["extrahosts=x", 400, 'bad format for add-host: "x"'],
    ["memory=-1", 400, "invalid value for memory: -1 is less than 0"],
    ['outputs=[{"Type":"moby2"}]', 501, 'outputs of type "moby2" are not supported'],
    [
      'outputs=[{"Type":"image","Attrs":{"compression":"zstd"}}]',
      501,
      'the option "compression" of output of type image is not supported',
    ],
    [
      'cacheto=["type=registry,ref=a:1,compression=zstd"]',
      501,
      'the option "compression" of cache "type=registry,ref=a:1,compression=zstd" is not supported',
    ],
    ["progress=plain", 400, 'invalid value for progress: "plain": must be events'],
    ["onerror=shell", 400, 'invalid value for onerror: "shell": must be shell, with progress=events'],
    ['ulimits=[{"Name":"nofile","Soft":"many"}]', 400, "Soft and Hard must be whole numbers"],
    ['contexts={"a":"session-layout:b"}', 400, 'invalid context "a": must be session-layout:NAME:TAG'],
    ['outputs=[{"Type":"tar"}]', 400, "output of type tar needs a build session"],
    ["session=nobody", 404, 'no build session "nobody" is open'],
    ['unset=["USER=x"]', 400, 'invalid unset "USER=x": must be VOLUME=…, EXPOSE=…, ENV=…, LABEL=…'],
  ])("%s is refused", async (query, status, message) => {
    const response = await send("POST", `/build?${query}`);
    expect(response.status).toBe(status);
    expect(((await response.json()) as { message: string }).message).toContain(message);
    expect(builder.requests).toEqual([]);
  });

  test("BuildKit's session is told what to do", async () => {
    const { status, json } = await api.call("POST", "/v1.51/session");
    expect(status).toBe(501);
    expect(json).toEqual({
      message: "this engine has no BuildKit: build with DOCKER_BUILDKIT=0 docker build, or with hull build",
    });
  });
});

describe("how a build ends early", () => {
  const waiting = () => {
    const state = { aborted: false };
    builder.script = ({ signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener("abort", () => {
          state.aborted = true;
          reject(new Error("stopped"));
        });
      });
    return state;
  };

  test("by /build/cancel", async () => {
    const state = waiting();
    const answer = send("POST", "/build?buildid=b1");
    await until("it is running", () => builder.requests.length === 1);
    await send("POST", "/build/cancel?id=b1");
    const response = await answer;
    expect(response.status).toBe(499);
    expect(((await response.json()) as { message: string }).message).toBe("the build was cancelled");
    expect(state.aborted).toBe(true);
  });

  test("by a client that leaves; its context goes too", async () => {
    const state = waiting();
    const leave = new AbortController();
    const answer = fetch("http://engine/v1.51/build?progress=events", {
      unix: api.path,
      method: "POST",
      body: context,
      signal: leave.signal,
    });
    await until("it is running", () => builder.requests.length === 1);
    leave.abort();
    await answer.catch(() => {});
    await until("it was aborted", () => state.aborted);
    await until("the context is gone", () => readdirSync(received()).length === 0);
  });
});

describe("progress=events", () => {
  test("gives every event, and how it ended", async () => {
    const file = { name: "Dockerfile", text: "FROM a\nRUN x\nCOPI y z\n" };
    builder.script = async ({ onEvent }) => {
      for (const step of stepEvents("FROM a")) onEvent(step);
      onEvent(output(1, "\xff"));
      onEvent(finished(1, "failed"));
      const range = { start: { line: 3, column: 1 }, end: { line: 3, column: 5 } };
      throw new DockerfileError("unknown instruction: COPI", file, range, { hint: "COPY" });
    };
    const response = await send("POST", "/build?progress=events");
    expect(response.status).toBe(200);
    const messages = (await response.text())
      .split("\r\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    expect(messages).toEqual([
      {
        type: "step",
        id: 1,
        title: "[1/1] FROM a",
        instruction: { stage: "stage-0", number: 1, of: 1, original: "FROM a", line: 1, endLine: 1 },
      },
      { type: "output", id: 1, stream: 1, data: Buffer.from("\xff").toString("base64") },
      { type: "finished", id: 1, at: 2001, outcome: "failed" },
      {
        type: "error",
        message: "unknown instruction: COPI",
        step: 1,
        file: "Dockerfile",
        line: 3,
        column: 1,
        endLine: 3,
        lines: [
          { number: 1, text: "FROM a", marked: false },
          { number: 2, text: "RUN x", marked: false },
          { number: 3, text: "COPI y z", marked: true },
        ],
        hint: "COPY",
      },
    ]);
  });
});

/** A connection that was taken over. */
class Raw {
  readonly socket: Socket;
  #seen = Buffer.alloc(0);
  ended = false;

  constructor(target: string) {
    this.socket = connect({ path: api.path, allowHalfOpen: true });
    this.socket.on("data", (bytes) => {
      this.#seen = Buffer.concat([this.#seen, Buffer.from(bytes)]);
    });
    this.socket.on("end", () => {
      this.ended = true;
    });
    this.socket.on("error", () => {});
    this.socket.write(
      `POST /v1.51${target} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 0\r\n\r\n`,
    );
  }

  /** What came behind the head of the answer. */
  get body(): string {
    const text = this.#seen.toString();
    const at = text.indexOf("\r\n\r\n");
    return at < 0 ? "" : text.slice(at + 4);
  }

  get open(): boolean {
    return this.#seen.toString().startsWith("HTTP/1.1 101");
  }
}

async function openSession(): Promise<{ id: string; raw: Raw }> {
  const raw = new Raw("/build/sessions");
  await until("the session has an id", () => raw.body.includes("\n"));
  return { id: (JSON.parse(raw.body) as { ID: string }).ID, raw };
}

describe("sessions", () => {
  test("lend contexts, the Dockerfile, secrets and caches, and take them along when they end", async () => {
    const { id, raw } = await openSession();
    const at = `/build/sessions/${id}`;
    expect((await send("PUT", `${at}/files/docker`, tarOf({ Dockerfile: "FROM x\n" }))).status).toBe(204);
    expect((await send("PUT", `${at}/files/lib`, tarOf({ a: "1" }))).status).toBe(204);
    expect((await send("PUT", `${at}/files/lib`, tarOf({ a: "2" }))).status).toBe(409);
    expect((await send("PUT", `${at}/secrets/token`, Buffer.from("s3cret"))).status).toBe(204);
    builder.script = async (request) => {
      expect(Buffer.from((await request.secrets.read("token")) ?? []).toString()).toBe("s3cret");
      expect(await request.secrets.read("other")).toBeUndefined();
      const lib = request.namedContexts.get("lib");
      expect(lib?.kind === "directory" && readFileSync(join(lib.path, "a"), "utf8")).toBe("1");
      expect(request.dockerfile).toEqual({ name: "web.Dockerfile", text: "FROM x\n" });
      const [cache] = request.cacheTo;
      if (cache?.kind === "local") await Bun.write(join(cache.path, "blob"), "cached");
      return {};
    };
    const query = new URLSearchParams({
      session: id,
      dockerfile: "web.Dockerfile",
      dockerfilefrom: "docker",
      contexts: '{"lib":"session:lib","base":"docker-image://busybox"}',
      cacheto: '["type=local,name=out,mode=max"]',
    });
    const { others } = await streamOf(await send("POST", `/build?${query}`));
    expect(others).toHaveLength(1);
    const tar = await (await fetch(`http://engine/v1.51${at}/files/out`, { unix: api.path })).text();
    expect(tar).toContain("cached");
    expect(existsSync(join(received(), id))).toBe(true);
    raw.socket.destroy();
    await until("its files are gone", () => !existsSync(join(received(), id)));
    expect((await send("PUT", `${at}/secrets/x`, Buffer.from("y"))).status).toBe(404);
  });

  test("an upload that breaks off leaves nothing: no name, no files", async () => {
    const { id, raw } = await openSession();
    const at = `/build/sessions/${id}/files/lib`;
    const whole = tarOf({ a: "1".repeat(5000), b: "2" });
    expect((await send("PUT", at, whole.subarray(0, 3000))).status).toBe(400);
    expect(readdirSync(join(received(), id))).toEqual([]);
    const query = new URLSearchParams({ session: id, contexts: '{"lib":"session:lib"}' });
    expect((await send("POST", `/build?${query}`)).status).toBe(404);
    expect((await send("PUT", at, whole)).status).toBe(204);
    raw.socket.destroy();
    await until("its files are gone", () => !existsSync(join(received(), id)));
  });

  test("end cancels the builds of a session", async () => {
    const { id, raw } = await openSession();
    let aborted = false;
    builder.script = ({ signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener("abort", () => {
          aborted = true;
          reject(new Error("stopped"));
        });
      });
    const answer = send("POST", `/build?session=${id}`);
    await until("it is running", () => builder.requests.length === 1);
    raw.socket.destroy();
    expect((await answer).status).toBe(499);
    expect(aborted).toBe(true);
  });

  test("outputs are streams the client fetches while the build writes", async () => {
    const { id, raw } = await openSession();
    builder.script = async ({ outputs: [first] }) => {
      if (first?.kind !== "tar") throw new Error("no tar was asked for");
      const writer = first.open().getWriter();
      for (let part = 0; part < 50; part++) await writer.write(Buffer.alloc(10_000, 65));
      await writer.close();
      return { metadata: {} };
    };
    const query = new URLSearchParams({ session: id, outputs: '[{"Type":"tar","Attrs":{"name":"0"}}]' });
    const fetched = fetch(`http://engine/v1.51/build/sessions/${id}/outputs/0`, { unix: api.path });
    const built = send("POST", `/build?${query}`);
    expect((await (await fetched).bytes()).length).toBe(500_000);
    expect((await built).status).toBe(200);
    raw.socket.destroy();
  });

  test("agents: one waiting connection is used for each that a step opens", async () => {
    const { id, raw } = await openSession();
    const offers = [
      new Raw(`/build/sessions/${id}/ssh/default`),
      new Raw(`/build/sessions/${id}/ssh/default`),
    ];
    await until("both wait", () => offers.every(({ open }) => open));
    const answers: string[] = [];
    builder.script = async ({ sshAgent, signal }) => {
      expect(sshAgent("other")).toBeUndefined();
      for (const question of ["one", "two"]) {
        const connection = await sshAgent("default")?.connect(signal);
        if (!connection) throw new Error("no agent");
        const writer = connection.writable.getWriter();
        await writer.write(Buffer.from(question));
        const { value } = await connection.readable.getReader().read();
        answers.push(Buffer.from(value ?? new Uint8Array()).toString());
        await writer.close();
      }
      return {};
    };
    const built = send("POST", `/build?session=${id}`);
    for (const offer of offers) {
      await until("it is asked", () => offer.body !== "");
      offer.socket.write(`answer to ${offer.body}`);
    }
    expect((await built).status).toBe(200);
    expect(answers).toEqual(["answer to one", "answer to two"]);
    await until("the engine ended both", () => offers.every(({ ended }) => ended));
    raw.socket.destroy();
  });

  test("a shell in the failed step: terminal, size, and the build ends after it", async () => {
    const { id, raw } = await openSession();
    const sizes: (readonly [number, number])[] = [];
    builder.script = async ({ onFailure }) => {
      await onFailure?.({
        id: 4,
        async shell(terminal, onOutput) {
          sizes.push(terminal.size ?? [0, 0]);
          void (async () => {
            for await (const size of terminal.resizes) sizes.push(size);
          })();
          onOutput(Buffer.from("# "));
          for await (const bytes of terminal.input) {
            if (Buffer.from(bytes).toString().includes("exit")) return 0;
            onOutput(bytes);
          }
          return 1;
        },
      });
      throw new CommandFailed(["false"], 1);
    };
    const answer = send("POST", `/build?session=${id}&progress=events&onerror=shell`);
    const shell = new Raw(`/build/sessions/${id}/shell?h=10&w=20`);
    await until("it prompts", () => shell.body === "# ");
    shell.socket.write("hello");
    await until("it echoes", () => shell.body === "# hello");
    expect((await send("POST", `/build/sessions/${id}/shell/resize?h=30&w=40`)).status).toBe(200);
    await until("the size arrived", () => sizes.length === 2);
    expect(sizes).toEqual([
      [10, 20],
      [30, 40],
    ]);
    shell.socket.write("exit\n");
    const text = await (await answer).text();
    expect(text).toContain('{"type":"shell","step":4}');
    expect(text).toContain("returned a non-zero code: 1");
    raw.socket.destroy();
  });
});

test("POST /build/prune takes all its limits", async () => {
  const query = "all=1&reserved-space=1&max-used-space=2&min-free-space=3";
  const filters = encodeURIComponent('{"until":["24h"],"inuse":["1"]}');
  const { status, json } = await api.call("POST", `/v1.51/build/prune?${query}&filters=${filters}`);
  expect([status, json]).toEqual([200, { CachesDeleted: ["x1"], SpaceReclaimed: 7 }]);
  expect(builder.prunes).toEqual([
    {
      all: true,
      reservedSpace: 1,
      maxUsedSpace: 2,
      minFreeSpace: 3,
      filters: new Map([
        ["until", ["24h"]],
        ["inuse", ["1"]],
      ]),
    },
  ]);
});
