import { internal } from "../errors/engine-error.ts";
import { type ByteQueue, brokenOff } from "./byte-queue.ts";
import type { Headers, Reply } from "./reply.ts";
import type { HttpRequest } from "./request.ts";
import { encodeResponseHead, httpDate } from "./response-head.ts";
import type { SocketWriter } from "./socket-writer.ts";
import { acceptKey, overWebSocket } from "./websocket.ts";

export interface SendOptions {
  /** Absent for an answer to something that was no request. */
  readonly request?: HttpRequest;
  /** Minor HTTP version of the client. */
  readonly minor: number;
  readonly keepAlive: boolean;
  readonly writer: SocketWriter;
  /** Hands the connection over; not offered where no hijack can happen. */
  readonly becomeRaw?: () => { input: ByteQueue; signal: AbortSignal };
}

/** Writes one answer to the end and says whether the connection can be used again. */
export async function sendReply(reply: Reply, options: SendOptions): Promise<"keep-alive" | "close"> {
  switch (reply.kind) {
    case "full":
      return sendFull(reply, options);
    case "stream":
      return sendStream(reply, options);
    case "sized":
      return sendSized(reply, options);
    case "hijack":
      return sendHijack(reply, options);
    case "websocket":
      return sendWebSocket(reply, options);
  }
}

const bodiless = (status: number) => status === 204 || status === 304;

async function sendFull(
  reply: Reply & { kind: "full" },
  { request, keepAlive, writer }: SendOptions,
): Promise<"keep-alive" | "close"> {
  const headers: Record<string, string> = { ...reply.headers, Date: httpDate() };
  if (!bodiless(reply.status)) headers["Content-Length"] = String(reply.body.length);
  if (!keepAlive) headers.Connection = "close";
  const head = encodeResponseHead(reply.status, headers);
  const body = request?.method === "HEAD" || bodiless(reply.status) ? undefined : reply.body;
  await writer.write(withHead(head, body));
  return keepAlive ? "keep-alive" : "close";
}

function withHead(head: string, body: Uint8Array | undefined): Uint8Array {
  if (!body || body.length === 0) return Buffer.from(head, "latin1");
  const bytes = Buffer.allocUnsafe(head.length + body.length);
  bytes.write(head, 0, "latin1");
  bytes.set(body, head.length);
  return bytes;
}

async function sendStream(
  reply: Reply & { kind: "stream" },
  { request, minor, keepAlive, writer }: SendOptions,
): Promise<"keep-alive" | "close"> {
  const chunked = minor === 1;
  const headers: Record<string, string> = { ...reply.headers, Date: httpDate() };
  if (chunked) headers["Transfer-Encoding"] = "chunked";
  const reusable = keepAlive && chunked;
  if (!reusable) headers.Connection = "close";
  if (request?.method === "HEAD") {
    await reply.body.cancel();
    await writer.write(Buffer.from(encodeResponseHead(reply.status, headers), "latin1"));
    return reusable ? "keep-alive" : "close";
  }
  const reader = reply.body.getReader();
  const stop = () => {
    reader.cancel(brokenOff()).catch(() => {});
  };
  request?.signal.addEventListener("abort", stop, { once: true });
  try {
    await writer.write(Buffer.from(encodeResponseHead(reply.status, headers), "latin1"));
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (value.length === 0) continue;
      const waiting = writer.write(chunked ? asChunk(value) : value);
      if (waiting) await waiting;
    }
    if (chunked) await writer.write(lastChunk);
  } catch (error) {
    stop();
    throw error;
  } finally {
    request?.signal.removeEventListener("abort", stop);
  }
  return reusable ? "keep-alive" : "close";
}

async function sendSized(
  reply: Reply & { kind: "sized" },
  { request, keepAlive, writer }: SendOptions,
): Promise<"keep-alive" | "close"> {
  const headers: Record<string, string> = {
    ...reply.headers,
    "Content-Length": String(reply.length),
    Date: httpDate(),
  };
  if (!keepAlive) headers.Connection = "close";
  await writer.write(Buffer.from(encodeResponseHead(reply.status, headers), "latin1"));
  const done = keepAlive ? "keep-alive" : "close";
  if (request?.method === "HEAD") return done;
  let left = reply.length;
  for await (const piece of reply.body) {
    left -= piece.length;
    if (left < 0) break;
    const waiting = writer.write(piece);
    if (waiting) await waiting;
  }
  // The client counts on the length it was told: a broken connection is the only honest way out.
  if (left !== 0) throw internal(`the body did not have the ${reply.length} bytes that were announced`);
  return done;
}

const lastChunk = Buffer.from("0\r\n\r\n");

function asChunk(payload: Uint8Array): Uint8Array {
  const size = payload.length.toString(16);
  const chunk = Buffer.allocUnsafe(size.length + payload.length + 4);
  chunk.write(`${size}\r\n`, 0, "latin1");
  chunk.set(payload, size.length + 2);
  chunk.write("\r\n", size.length + 2 + payload.length, "latin1");
  return chunk;
}

async function sendHijack(
  reply: Reply & { kind: "hijack" },
  { request, writer, becomeRaw }: SendOptions,
): Promise<"close"> {
  if (!becomeRaw) throw brokenOff();
  // Whatever protocol the client names: it is echoed, as Docker does for tcp and h2c.
  const protocol = request?.headers.get("upgrade");
  const upgrade = protocol !== undefined && request?.wantsUpgrade(protocol.toLowerCase());
  const headers: Headers = upgrade
    ? { "Content-Type": reply.contentType, Connection: "Upgrade", Upgrade: protocol, ...reply.headers }
    : { "Content-Type": reply.contentType, ...reply.headers };
  const { input, signal } = becomeRaw();
  await writer.write(Buffer.from(encodeResponseHead(upgrade ? 101 : 200, headers), "latin1"));
  await reply.talk({
    input: input.stream(),
    signal,
    write: (bytes) => writer.write(bytes),
    closeWrite: () => writer.shutdown(),
  });
  return "close";
}

async function sendWebSocket(
  reply: Reply & { kind: "websocket" },
  { request, writer, becomeRaw }: SendOptions,
): Promise<"close"> {
  const key = request?.headers.get("sec-websocket-key");
  if (!becomeRaw || key === undefined) throw brokenOff();
  const headers: Record<string, string> = {
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Accept": acceptKey(key),
    ...reply.headers,
  };
  const { input, signal } = becomeRaw();
  await writer.write(Buffer.from(encodeResponseHead(101, headers), "latin1"));
  const { stream, finish } = overWebSocket({
    input: input.stream(),
    signal,
    write: (bytes) => writer.write(bytes),
  });
  await reply.talk(stream);
  await finish();
  return "close";
}
