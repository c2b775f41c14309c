import type { AgentConnection, BuildService } from "../../../engine/services/builds.ts";
import { invalidArgument } from "../../../errors/engine-error.ts";
import { emptyReply, type HijackedStream, type Reply, streamReply } from "../../../http/reply.ts";
import type { ApiCall } from "../../api-call.ts";

/*
 * What a client lends to its builds. Its first connection is the session: when that ends, whatever
 * the reason, everything lent is gone.
 */

const contentType = "application/vnd.docker.raw-stream";
/** As BuildKit has it. */
const longestSecret = 500 * 1024;

/** Answers with `{"ID":"…"}` and a newline, then stays. */
export async function postBuildSession(_call: ApiCall, { sessions }: BuildService): Promise<Reply> {
  return {
    kind: "hijack",
    contentType,
    headers: {},
    async talk(stream) {
      const gone = new AbortController();
      const end = () => gone.abort();
      stream.signal.addEventListener("abort", end, { once: true });
      if (stream.signal.aborted) end();
      const id = sessions.open(gone.signal);
      try {
        await stream.write(Buffer.from(`${JSON.stringify({ ID: id })}\n`));
        // Nothing is said on it; its end is all there is to hear.
        for await (const _ of stream.input);
      } finally {
        end();
        await sessions.ended(id);
      }
    },
  };
}

export async function putBuildSessionFiles(call: ApiCall, { sessions }: BuildService): Promise<Reply> {
  await sessions.receiveFiles(call.param("id"), call.param("name"), call.request.body);
  return emptyReply(204);
}

export async function getBuildSessionFiles(call: ApiCall, { sessions }: BuildService): Promise<Reply> {
  const tar = sessions.sendFiles(call.param("id"), call.param("name"));
  return streamReply(200, tar, { "Content-Type": "application/x-tar" });
}

export async function putBuildSessionSecret(call: ApiCall, { sessions }: BuildService): Promise<Reply> {
  sessions.giveSecret(call.param("id"), call.param("name"), await call.request.bytes(longestSecret));
  return emptyReply(204);
}

export async function getBuildSessionOutput(call: ApiCall, { sessions }: BuildService): Promise<Reply> {
  const stream = await sessions.output(call.param("id"), call.param("name"), call.request.signal);
  return streamReply(200, stream, { "Content-Type": "application/octet-stream" });
}

export async function postBuildSessionAgent(call: ApiCall, { sessions }: BuildService): Promise<Reply> {
  const [id, name] = [call.param("id"), call.param("name")];
  return {
    kind: "hijack",
    contentType,
    headers: {},
    talk: (stream) => sessions.offerAgent(id, name, connectionOf(stream)),
  };
}

function connectionOf(stream: HijackedStream): AgentConnection {
  return {
    readable: stream.input,
    writable: new WritableStream<Uint8Array>({
      write: async (bytes) => await stream.write(bytes),
      close: () => stream.closeWrite(),
      abort: () => stream.closeWrite(),
    }),
    signal: stream.signal,
  };
}

/** The terminal of a shell in the step that failed; it waits until one has. */
export async function postBuildSessionShell(call: ApiCall, { sessions }: BuildService): Promise<Reply> {
  const id = call.param("id");
  const size = sizeOf(call);
  return {
    kind: "hijack",
    contentType,
    headers: {},
    async talk(stream) {
      const terminal = { input: stream.input, ...(size && { size }) };
      await sessions.shell(id, terminal, (bytes) => void stream.write(bytes)?.catch(() => {}), stream.signal);
    },
  };
}

export async function postBuildSessionResize(call: ApiCall, { sessions }: BuildService): Promise<Reply> {
  const size = sizeOf(call);
  if (!size) throw invalidArgument("h and w are needed");
  sessions.resizeShell(call.param("id"), ...size);
  return emptyReply(200);
}

function sizeOf(call: ApiCall): readonly [height: number, width: number] | undefined {
  const [height, width] = [call.integer("h"), call.integer("w")];
  return height && width ? [height, width] : undefined;
}
