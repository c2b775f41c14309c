import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HttpServer } from "./http-server.ts";
import { emptyReply, jsonReply, type Reply, sizedReply, streamReply, textReply } from "./reply.ts";
import type { HttpRequest } from "./request.ts";

const directory = mkdtempSync(join(tmpdir(), "hull-http-"));
const path = join(directory, "test.sock");
const seen = { produced: 0, aborted: Promise.withResolvers<void>(), uploaded: 0 };
let server: HttpServer;

const block = new Uint8Array(64 * 1024).fill(97);

/** Three times the same buffer: whoever sends may keep none of it. */
async function* threePieces(): AsyncIterable<Uint8Array> {
  const buffer = Buffer.from("...");
  for (const letter of "abc") yield buffer.fill(letter);
}

async function handle(request: HttpRequest): Promise<Reply> {
  switch (request.path) {
    case "/text":
      return textReply(200, "OK");
    case "/none":
      return emptyReply(204);
    case "/json":
      return jsonReply(200, { got: Buffer.from(await request.bytes(1024)).toString() });
    case "/endless":
      seen.produced = 0;
      request.signal.addEventListener("abort", () => seen.aborted.resolve());
      return streamReply(
        200,
        new ReadableStream({
          pull(controller) {
            seen.produced += block.length;
            controller.enqueue(block);
          },
        }),
        {},
      );
    case "/broken":
      return streamReply(
        200,
        new ReadableStream({
          start(controller) {
            controller.enqueue(Buffer.from("part"));
          },
          pull() {
            throw new Error("the disk is gone");
          },
        }),
        {},
      );
    case "/swallow": {
      seen.uploaded = 0;
      for await (const chunk of request.body) {
        seen.uploaded += chunk.length;
        if (request.query.has("stop")) break;
      }
      return jsonReply(200, { bytes: seen.uploaded });
    }
    case "/sized":
      return sizedReply(200, Number(request.query.get("length")), threePieces(), {});
    case "/echo":
      return {
        kind: "hijack",
        contentType: "application/vnd.docker.raw-stream",
        headers: {},
        async talk(stream) {
          let size = 0;
          for await (const chunk of stream.input) {
            size += chunk.length;
            await stream.write(chunk);
          }
          await stream.write(Buffer.from(`[${size} bytes]`));
        },
      };
    case "/talk-first":
      return {
        kind: "hijack",
        contentType: "text/plain",
        headers: {},
        talk: async (stream) => void (await stream.write(Buffer.from("bye"))),
      };
    case "/websocket":
      return {
        kind: "websocket",
        headers: {},
        async talk(stream) {
          for await (const chunk of stream.input) await stream.write(chunk);
        },
      };
    default:
      throw new Error("a bug in the handler");
  }
}

beforeAll(async () => {
  server = new HttpServer(handle);
  await server.listen({ kind: "unix", path });
});
afterAll(async () => {
  await server.close();
  expect(existsSync(path)).toBe(false);
  rmSync(directory, { recursive: true });
});

/** Opens a connection, writes, optionally half-closes, and gives all that comes back. */
async function talk(text: string | Uint8Array, options: { halfClose?: boolean; until?: string } = {}) {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let got = "";
  const socket = connect({ path, allowHalfOpen: true });
  socket.on("data", (data) => {
    got += data.toString("latin1");
    if (options.until !== undefined && got.includes(options.until)) socket.end();
  });
  socket.on("end", () => resolve(got));
  socket.on("error", reject);
  socket.write(text);
  if (options.halfClose) socket.end();
  try {
    return await promise;
  } finally {
    socket.destroy();
  }
}

const get = (target: string, extra = "Connection: close\r\n") =>
  `GET ${target} HTTP/1.1\r\nHost: d\r\n${extra}\r\n`;
const post = (target: string, headers: string, body: string) =>
  `POST ${target} HTTP/1.1\r\nHost: d\r\nConnection: close\r\n${headers}\r\n${body}`;

describe("requests and answers", () => {
  test("fetch works, also twice on one connection", async () => {
    for (const body of ["one", "two"]) {
      const response = await fetch("http://d/json", { unix: path, method: "POST", body });
      expect(await response.json()).toEqual({ got: body });
    }
  });
  test("pipelined requests are answered in order", async () => {
    const answer = await talk(
      post("/json", "Content-Length: 1\r\n", "1").replace("Connection: close\r\n", "") + get("/text"),
    );
    expect(answer.match(/HTTP\/1.1 200 OK/g)).toHaveLength(2);
    expect(answer.indexOf('{"got":"1"}')).toBeLessThan(answer.lastIndexOf("OK"));
  });
  test("a chunked body in single bytes", async () => {
    const text = post(
      "/json",
      "Transfer-Encoding: chunked\r\n",
      "3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: x\r\n\r\n",
    );
    const socket = connect({ path });
    const answer = new Promise<string>((resolve) => {
      let got = "";
      socket.on("data", (data) => {
        got += data;
      });
      socket.on("end", () => resolve(got));
    });
    for (const byte of text) socket.write(byte);
    expect(await answer).toContain('{"got":"abcde"}');
    socket.destroy();
  });
  test("HEAD has the length but no body, 204 has neither", async () => {
    const head = await talk(get("/text").replace("GET", "HEAD"));
    expect(head).toContain("Content-Length: 2");
    expect(head).toEndWith("\r\n\r\n");
    expect(await talk(get("/none"))).not.toContain("Content-Length");
  });
  test("Expect: 100-continue is answered when the body is read", async () => {
    const answer = await talk(post("/json", "Expect: 100-continue\r\nContent-Length: 2\r\n", "hi"));
    expect(answer).toStartWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK");
  });
  test.each([
    ["nonsense\r\n\r\n", 400],
    ["PRI * HTTP/2.0\r\n\r\n", 400],
    ["GET /text HTTP/1.1\r\nBad Header\r\n\r\n", 400],
    ["GET /%zz HTTP/1.1\r\n\r\n", 400],
    ["POST /json HTTP/1.1\r\nContent-Length: 5x\r\n\r\n", 400],
    ["POST /json HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", 400],
    ["POST /json HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400],
    ["\x16\x03\x01\x02\x00\x01", 400],
    [`GET /text HTTP/1.1\r\nX: ${"x".repeat(1_100_000)}\r\n\r\n`, 431],
  ])("%# a request that is none is refused", async (text, status) => {
    expect(await talk(text)).toStartWith(`HTTP/1.1 ${status} `);
  });
  test("an HTTP/1.0 client gets an unchunked answer", async () => {
    const answer = await talk("GET /text HTTP/1.0\r\n\r\n");
    expect(answer).toContain("Connection: close");
    expect(answer).toEndWith("OK");
  });
  test("a stream that breaks is cut, not ended", async () => {
    const response = await fetch("http://d/broken", { unix: path });
    await expect(response.text()).rejects.toThrow();
  });
  test("a body of known length goes out unchunked, and the connection goes on", async () => {
    const twice = await talk(get("/sized?length=9", "") + get("/sized?length=9"));
    expect(twice.match(/Content-Length: 9\r\n[\s\S]*?\r\n\r\naaabbbccc/g)).toHaveLength(2);
    expect(twice).not.toContain("chunked");
    expect(await talk(get("/sized?length=9").replace("GET", "HEAD"))).toMatch(
      /Content-Length: 9[\s\S]*\r\n\r\n$/,
    );
  });
  test.each([8, 10])("a body that has not the %p bytes it announced is cut off", async (length) => {
    const response = await fetch(`http://d/sized?length=${length}`, { unix: path });
    await expect(response.text()).rejects.toThrow();
  });
  test("a body nobody reads does not hide the answer", async () => {
    const response = await fetch("http://d/swallow?stop", {
      unix: path,
      method: "POST",
      body: new Uint8Array(8 * 1024 * 1024),
    });
    expect(response.status).toBe(200);
  });
});

describe("back-pressure", () => {
  test("a client that does not read stops the producer, and its leaving is told", async () => {
    const socket: Socket = connect({ path });
    socket.pause();
    socket.write(get("/endless"));
    let before = -1;
    // The producer has stopped when a while passes without a new block.
    while (before !== seen.produced || before <= 0) {
      before = seen.produced;
      await Bun.sleep(20);
    }
    expect(seen.produced).toBeLessThan(4 * 1024 * 1024);
    socket.destroy();
    await seen.aborted.promise;
  });
  test("a large upload arrives whole", async () => {
    const size = 32 * 1024 * 1024;
    const response = await fetch("http://d/swallow", {
      unix: path,
      method: "POST",
      body: new Uint8Array(size),
    });
    expect(await response.json()).toEqual({ bytes: size });
  });
});

describe("hijack", () => {
  test("with Upgrade: 101, input sent early is not lost, each side ends on its own", async () => {
    const answer = await talk("POST /echo HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nearly", {
      halfClose: true,
    });
    expect(answer).toStartWith("HTTP/1.1 101 UPGRADED\r\n");
    expect(answer).toContain("Upgrade: tcp\r\n");
    expect(answer).toEndWith("\r\n\r\nearly[5 bytes]");
  });
  test("without Upgrade: 200 and the raw stream", async () => {
    const answer = await talk("POST /echo HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}input", { halfClose: true });
    expect(answer).toBe(
      "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\ninput[5 bytes]",
    );
  });
  test("our side closes when the talk is over, though the client keeps its own open", async () => {
    const answer = await talk("POST /talk-first HTTP/1.1\r\n\r\n");
    expect(answer).toEndWith("\r\n\r\nbye");
  });
  test("16 MiB through and back", async () => {
    const size = 16 * 1024 * 1024;
    const socket = connect({ path, allowHalfOpen: true });
    let got = 0;
    const ended = new Promise<void>((resolve) => socket.on("end", resolve));
    socket.on("data", (data) => {
      got += data.length;
    });
    socket.write("POST /echo HTTP/1.1\r\n\r\n");
    socket.end(Buffer.alloc(size));
    await ended;
    expect(got).toBeGreaterThan(size);
    socket.destroy();
  });
  test("websocket: messages both ways", async () => {
    const tcp = new HttpServer(handle);
    const [address = ""] = await tcp.listen({ kind: "tcp", host: "127.0.0.1", port: 0 });
    const socket = new WebSocket(`${address.replace("tcp", "ws")}/websocket`);
    const { promise, resolve } = Promise.withResolvers<string>();
    socket.binaryType = "arraybuffer";
    socket.onopen = () => socket.send("hello");
    socket.onmessage = (event) => resolve(Buffer.from(event.data as ArrayBuffer).toString());
    expect(await promise).toBe("hello");
    const closed = new Promise<number>((done) => {
      socket.onclose = (event) => done(event.code);
    });
    socket.close();
    await closed;
    await tcp.close();
  });
});

describe("closing", () => {
  test("waits for an answer in the making, cuts streams and idle connections", async () => {
    const started = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const closing = new HttpServer(async (request) => {
      if (request.path !== "/slow") return handle(request);
      started.resolve();
      await goOn.promise;
      return textReply(200, "done");
    });
    const file = join(directory, "closing.sock");
    await closing.listen({ kind: "unix", path: file });
    const idle = connect({ path: file });
    const idleClosed = new Promise<void>((resolve) => idle.on("close", () => resolve()).resume());
    const stream = await fetch("http://d/endless", { unix: file });
    const slow = fetch("http://d/slow", { unix: file });
    await started.promise;
    const closed = closing.close(60_000);
    await expect(stream.bytes()).rejects.toThrow();
    await idleClosed;
    goOn.resolve();
    expect(await (await slow).text()).toBe("done");
    await closed;
    expect(closing.connections).toBe(0);
  });
});

describe("listening", () => {
  test("the socket is for owner and group only", () => {
    expect(statSync(path).mode & 0o777).toBe(0o660);
  });
  test("a live socket is left alone, a stale one replaced, a file refused", async () => {
    await expect(new HttpServer(handle).listen({ kind: "unix", path })).rejects.toThrow(
      "another process listens",
    );
    const file = join(directory, "file");
    writeFileSync(file, "");
    await expect(new HttpServer(handle).listen({ kind: "unix", path: file })).rejects.toThrow("not a socket");

    const stale = join(directory, "stale.sock");
    const child = Bun.spawn([
      process.execPath,
      "-e",
      `Bun.listen({ unix: ${JSON.stringify(stale)}, socket: { data() {} } }); process.kill(process.pid, "SIGKILL")`,
    ]);
    await child.exited;
    expect(existsSync(stale)).toBe(true);
    const second = new HttpServer(handle);
    await second.listen({ kind: "unix", path: stale });
    expect(await (await fetch("http://d/text", { unix: stale })).text()).toBe("OK");
    await second.close();
  });
  test("a handler that throws does not take the server along", async () => {
    await expect(fetch("http://d/bug", { unix: path })).rejects.toThrow();
    expect(await (await fetch("http://d/text", { unix: path })).text()).toBe("OK");
  });
  test("TLS asks clients for a certificate of the authority", async () => {
    const make = async (...args: string[]) => {
      const process = Bun.spawn(["openssl", ...args], { cwd: directory, stdout: "ignore", stderr: "ignore" });
      expect(await process.exited).toBe(0);
    };
    const pem = (name: string) => Bun.file(join(directory, name)).text();
    const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    await make("req", "-x509", ...newKey, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=ca");
    await make("req", ...newKey, "-keyout", "key.pem", "-out", "request.pem", "-subj", "/CN=localhost");
    await make(
      "x509",
      "-req",
      "-in",
      "request.pem",
      "-CA",
      "ca.pem",
      "-CAkey",
      "ca.key",
      "-CAcreateserial",
      "-out",
      "cert.pem",
    );
    chmodSync(join(directory, "key.pem"), 0o600);
    const [ca, cert, key] = [await pem("ca.pem"), await pem("cert.pem"), await pem("key.pem")];

    const secure = new HttpServer(handle);
    const [address = ""] = await secure.listen(
      { kind: "tcp", host: "127.0.0.1", port: 0 },
      { tls: { ca, cert, key, requestCert: true, rejectUnauthorized: true } },
    );
    const url = `${address.replace("tcp", "https")}/text`;
    const tls = { ca, checkServerIdentity: () => undefined };
    expect(await (await fetch(url, { tls: { ...tls, cert, key } })).text()).toBe("OK");
    await expect(fetch(url, { tls })).rejects.toThrow();
    await secure.close();
  });
});
