import { describe, expect, test } from "bun:test";
import type { AttachRequest, AttachSession } from "../../src/engine/services/attach.ts";
import type { StatsSample } from "../../src/engine/services/containers.ts";
import type { ExecService } from "../../src/engine/services/execs.ts";
import { conflict, notFound } from "../../src/errors/engine-error.ts";
import { encodeFrame, FrameDecoder } from "../../src/protocol/stream-frames.ts";
import type { ExecRecord } from "../../src/records/exec-record.ts";
import type { TaskStats } from "../../src/runtime/runtime.ts";
import { sampleContainer } from "../fakes/container-samples.ts";
import { startApi, streamOf } from "./api-harness.ts";

/** A process that gives back what it reads, and says goodbye when its input ends. */
function echo(terminal = false) {
  let controller: ReadableStreamDefaultController<Uint8Array>;
  const output = new ReadableStream<Uint8Array>({
    start(given) {
      controller = given;
    },
  });
  const closed = Promise.withResolvers<void>();
  const frame = (bytes: Uint8Array) => (terminal ? bytes : encodeFrame("stdout", bytes));
  const session: AttachSession = {
    terminal,
    output,
    write: async (bytes) => controller.enqueue(frame(bytes)),
    closeStdin: () => {
      controller.enqueue(frame(Buffer.from("bye")));
      controller.close();
    },
    close: () => closed.resolve(),
  };
  return { session, closed: closed.promise };
}

const upgrade = "Connection: Upgrade\r\nUpgrade: tcp\r\n";
const everything = "stream=1&stdin=1&stdout=1&stderr=1";
const post = (target: string, headers = "") => `POST ${target} HTTP/1.1\r\nHost: d\r\n${headers}\r\n`;

describe("attach", () => {
  test("with Upgrade: input, half-close, then the rest of the output", async () => {
    const { session, closed } = echo();
    let asked: AttachRequest | undefined;
    await using api = await startApi({
      containers: {
        attach: async (_name, request) => {
          asked = request;
          return session;
        },
      },
    });
    const answer = await api.raw(
      `${post(`/containers/x/attach?${everything}&detachKeys=ctrl-a`, upgrade)}hello`,
      {
        halfClose: true,
      },
    );
    const [head = "", body = ""] = answer.split("\r\n\r\n", 2);
    expect(head).toStartWith(
      "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.multiplexed-stream",
    );
    expect(head).toContain("Api-Version: 1.51");
    const frames = [...new FrameDecoder().push(Buffer.from(body, "latin1"))];
    expect(frames.map(({ payload }) => payload.toString())).toEqual(["hello", "bye"]);
    expect(asked).toEqual({
      stdin: true,
      stdout: true,
      stderr: true,
      stream: true,
      logs: false,
      detachKeys: "ctrl-a",
    });
    await closed;
  });

  test.each([
    ["/v1.41", upgrade, false, "101 UPGRADED", "raw-stream"],
    ["", upgrade, true, "101 UPGRADED", "raw-stream"],
    ["", "", false, "200 OK", "raw-stream"],
  ])("version %p, headers %p, terminal %p", async (version, headers, terminal, status, type) => {
    const { session } = echo(terminal);
    await using api = await startApi({ containers: { attach: async () => session } });
    const answer = await api.raw(post(`${version}/containers/x/attach?${everything}`, headers), {
      halfClose: true,
    });
    expect(answer).toStartWith(`HTTP/1.1 ${status}\r\nContent-Type: application/vnd.docker.${type}\r\n`);
    expect(answer).toEndWith("bye");
  });

  test("without stdin, the client's bytes are dropped and output flows", async () => {
    const session: AttachSession = {
      ...echo().session,
      output: streamOf("out"),
      write: async () => {
        throw new Error("nothing may be written");
      },
    };
    await using api = await startApi({ containers: { attach: async () => session } });
    const answer = await api.raw(`${post("/containers/x/attach?stream=1&stdout=1", upgrade)}noise`);
    expect(answer).toEndWith("\r\n\r\nout");
  });

  test("an error before the hijack is an ordinary answer", async () => {
    await using api = await startApi({
      containers: {
        attach: async () => {
          throw notFound("No such container: x");
        },
      },
    });
    expect(await api.raw(post("/containers/x/attach?stream=1", `${upgrade}`), { halfClose: true })).toContain(
      "404 Not Found",
    );
  });

  test("a client that leaves closes its session", async () => {
    const { session, closed } = echo();
    await using api = await startApi({ containers: { attach: async () => session } });
    const attached = Promise.withResolvers<void>();
    const socket = await Bun.connect({
      unix: api.path,
      socket: {
        data: () => attached.resolve(),
        open: (s) => void s.write(post(`/containers/x/attach?${everything}`, upgrade)),
      },
    });
    await attached.promise;
    socket.terminate();
    await closed;
  });

  test("over a websocket", async () => {
    const { session } = echo(true);
    await using api = await startApi({ containers: { attach: async () => session } });
    const socket = new WebSocket(`ws+unix://${api.path}:/containers/x/attach/ws?${everything}`);
    socket.binaryType = "arraybuffer";
    const message = new Promise<string>((resolve) => {
      socket.onmessage = (event) => resolve(Buffer.from(event.data as ArrayBuffer).toString());
    });
    socket.onopen = () => socket.send("hi");
    expect(await message).toBe("hi");
    const closed = new Promise((resolve) => {
      socket.onclose = resolve;
    });
    socket.close();
    await closed;
    expect((await api.call("GET", "/containers/x/attach/ws")).status).toBe(400);
  });
});

describe("exec", () => {
  const record: ExecRecord = {
    id: "e1",
    containerId: sampleContainer().id,
    created: "2026-01-01T00:00:00Z",
    config: {
      attachStdin: true,
      attachStdout: true,
      attachStderr: true,
      detachKeys: "",
      tty: false,
      env: [],
      command: ["sh", "-c", "true"],
      privileged: false,
      user: "",
      workingDir: "",
    },
    state: { status: "created" },
  };
  const inspect = async () => ({ record, containerId: record.containerId });
  const start = (body: object) => {
    const json = JSON.stringify(body);
    return `${post("/exec/e1/start", `${upgrade}Content-Type: application/json\r\nContent-Length: ${json.length}\r\n`)}${json}`;
  };
  const execs = (fakes: Partial<ExecService>) => startApi({ execs: { inspect, ...fakes } });

  test("create and inspect", async () => {
    await using api = await execs({
      create: async (container, config) => {
        expect([container, config]).toEqual(["x", record.config]);
        return { id: "e1" };
      },
    });
    const body = { AttachStdin: true, AttachStdout: true, AttachStderr: true, Cmd: ["sh", "-c", "true"] };
    const created = await api.call("POST", "/containers/x/exec", body);
    expect([created.status, created.json]).toEqual([201, { Id: "e1" }]);
    expect((await api.call("POST", "/containers/x/exec", { Cmd: [] })).json).toEqual({
      message: "No exec command specified",
    });
    expect((await api.call("GET", "/exec/e1/json")).json).toMatchObject({
      ID: "e1",
      Running: false,
      ExitCode: null,
      ProcessConfig: { entrypoint: "sh", arguments: ["-c", "true"] },
    });
  });

  test("start talks like attach, and right after its body", async () => {
    const { session } = echo();
    await using api = await execs({ start: async () => session });
    const answer = await api.raw(`${start({ Detach: false, Tty: false })}typed`, { halfClose: true });
    expect(answer).toContain("typed");
    expect(answer).toEndWith("bye");
  });

  test("detached: no stream", async () => {
    await using api = await execs({
      start: async (_id, options) => {
        expect(options.detach).toBe(true);
        return undefined;
      },
    });
    const answer = await api.call("POST", "/exec/e1/start", { Detach: true });
    expect([answer.status, answer.text]).toEqual([200, ""]);
  });

  test("a command that cannot be run is told as output, a stopped container as an error", async () => {
    let error = notFound('exec: "nope": executable file not found in $PATH');
    await using api = await execs({
      start: async () => {
        throw error;
      },
    });
    expect(await api.raw(start({}), { halfClose: true })).toContain("101 UPGRADED");
    error = conflict("container x is not running");
    expect(await api.raw(start({}), { halfClose: true })).toContain("409 Conflict");
  });
});

describe("logs", () => {
  test("a whole query, and the type that tells of the framing", async () => {
    await using api = await startApi({
      containers: {
        logs: async (_name, query, { follow }) => {
          expect([query, follow]).toEqual([
            {
              stdout: true,
              stderr: false,
              since: 1_500_000_000n,
              until: 0n,
              tail: 10,
              timestamps: true,
              details: false,
            },
            true,
          ]);
          return { terminal: false, output: streamOf("line") };
        },
      },
    });
    const answer = await api.call(
      "GET",
      "/containers/x/logs?stdout=1&since=1.5&tail=10&timestamps=1&follow=1",
    );
    expect([answer.text, answer.headers.get("content-type")]).toEqual([
      "line",
      "application/vnd.docker.multiplexed-stream",
    ]);
    expect((await api.call("GET", "/containers/x/logs")).json).toEqual({
      message: "Bad parameters: you must choose at least one stream",
    });
  });

  test("a follower that leaves is told to the reader", async () => {
    const left = Promise.withResolvers<void>();
    await using api = await startApi({
      containers: {
        logs: async (_name, query, { signal }) => {
          expect(query.tail).toBe(-1);
          signal.addEventListener("abort", () => left.resolve());
          return {
            terminal: true,
            output: new ReadableStream({ start: (out) => out.enqueue(Buffer.from("x")) }),
          };
        },
      },
    });
    const abort = new AbortController();
    const response = await fetch("http://engine/containers/x/logs?stdout=1&follow=1&tail=all", {
      unix: api.path,
      signal: abort.signal,
    });
    await response.body?.getReader().read();
    abort.abort();
    await left.promise;
  });
});

describe("stats", () => {
  const stats: TaskStats = {
    read: "2026-01-01T00:00:01Z",
    cpu: { totalNs: 5, userNs: 2, systemNs: 3, periods: 0, throttledPeriods: 0, throttledNs: 0 },
    memory: { usage: 1, limit: 2, detail: { anon: 1 } },
    pids: { current: 1 },
    blkio: { serviceBytes: [{ major: 8, minor: 0, op: "read", value: 1 }], serviced: [] },
    cgroupVersion: 2,
  };
  const counters = {
    rxBytes: 1,
    rxPackets: 2,
    rxErrors: 0,
    rxDropped: 0,
    txBytes: 3,
    txPackets: 4,
    txErrors: 0,
    txDropped: 0,
  };
  const sample: StatsSample = {
    container: sampleContainer(),
    stats,
    systemCpuNs: 100,
    onlineCpus: 2,
    networks: { eth0: counters },
  };

  test("one shot fits the API file, also for a stopped container", async () => {
    let stopped = false;
    const { stats: _none, ...empty } = sample;
    await using api = await startApi({
      containers: { stats: async () => (stopped ? { ...empty, networks: {} } : sample) },
    });
    const { json } = await api.call("GET", "/containers/x/stats?stream=0&one-shot=1");
    expect(json).toMatchObject({
      name: "/steady_hopper",
      precpu_stats: { cpu_usage: { total_usage: 0 } },
      cpu_stats: { cpu_usage: { total_usage: 5 }, system_cpu_usage: 100, online_cpus: 2 },
      networks: { eth0: { rx_bytes: 1, tx_packets: 4 } },
      blkio_stats: { io_service_bytes_recursive: [{ op: "read", value: 1 }] },
    });
    stopped = true;
    expect((await api.call("GET", "/containers/x/stats?stream=0")).json).toMatchObject({
      read: "0001-01-01T00:00:00Z",
      memory_stats: {},
    });
  });

  test("the second message of a stream carries the first, and removal ends it", async () => {
    let count = 0;
    await using api = await startApi({
      containers: {
        stats: async () => {
          if (++count === 3) throw notFound("No such container: x");
          return { ...sample, stats: { ...stats, cpu: { ...stats.cpu, totalNs: count } } };
        },
      },
    });
    const { text } = await api.call("GET", "/containers/x/stats");
    const messages = text
      .trim()
      .split("\r\n")
      .map((line) => JSON.parse(line));
    expect(messages).toHaveLength(2);
    expect(messages[1]).toMatchObject({
      preread: stats.read,
      cpu_stats: { cpu_usage: { total_usage: 2 } },
      precpu_stats: { cpu_usage: { total_usage: 1 } },
    });
  });
});
