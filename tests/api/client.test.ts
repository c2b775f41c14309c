import { describe, expect, test } from "bun:test";
import { parseEngineAddress } from "../../src/client/engine-address.ts";
import { EngineClient } from "../../src/client/engine-client.ts";
import { jsonMessages } from "../../src/client/json-messages.ts";
import type { AttachSession } from "../../src/engine/services/attach.ts";
import {
  conflict,
  EngineError,
  type ErrorKind,
  errorKinds,
  unavailable,
} from "../../src/errors/engine-error.ts";
import { encodeFrame, FrameDecoder } from "../../src/protocol/stream-frames.ts";
import { startApi, streamOf } from "./api-harness.ts";

const clientOf = (path: string) => new EngineClient(parseEngineAddress(`unix://${path}`));

async function errorOf(work: Promise<unknown>): Promise<EngineError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("client", () => {
  test("negotiates, calls and gets typed JSON", async () => {
    await using api = await startApi({
      containers: { prune: async () => ({ deleted: ["x"], spaceReclaimed: 5 }) },
      volumes: {
        remove: async (name, force) => expect([name, force]).toEqual(["a b", true]),
      },
    });
    const client = clientOf(api.path);
    expect(await client.version()).toBe("1.51");
    expect((await client.call("ContainerPrune")).SpaceReclaimed).toBe(5);
    await client.call("VolumeDelete", { params: { name: "a b" }, query: { force: true } });
  });

  test.each(errorKinds.filter((kind) => kind !== "not_modified"))(
    "an error keeps its kind %s over the wire",
    async (kind: ErrorKind) => {
      await using api = await startApi({
        containers: {
          start: async () => {
            throw new EngineError(kind, "the sentence");
          },
        },
      });
      const error = await errorOf(clientOf(api.path).call("ContainerStart", { params: { id: "x" } }));
      expect([error.kind, error.message]).toEqual([kind, "the sentence"]);
    },
  );

  test("uploads a stream and reads messages, the last of which may be an error", async () => {
    let fail = false;
    await using api = await startApi({
      images: {
        load: async (archive) => {
          expect(await new Response(archive).text()).toBe("tarball");
          if (fail) throw conflict("bad archive");
          return [];
        },
      },
      system: {
        async *events() {
          yield { type: "image", action: "load", actor: { id: "x", attributes: {} }, timeNano: 1n };
        },
      },
    });
    const client = clientOf(api.path);
    const load = async () => {
      const { body } = await client.stream("ImageLoad", { upload: streamOf("tar", "ball") });
      return Array.fromAsync(jsonMessages(body));
    };
    expect(await load()).toEqual([]);
    fail = true;
    await expect(load()).rejects.toThrow("bad archive");
    const events = await client.stream("SystemEvents");
    expect(await Array.fromAsync(jsonMessages(events.body))).toMatchObject([{ Action: "load" }]);
  });

  test("hijacks: input, half-close, output, and errors before it", async () => {
    let output: ReadableStreamDefaultController<Uint8Array> | undefined;
    const session: AttachSession = {
      terminal: false,
      output: new ReadableStream({
        start(controller) {
          output = controller;
        },
      }),
      write: async (bytes) => output?.enqueue(encodeFrame("stdout", bytes)),
      closeStdin: () => output?.close(),
      close: () => {},
    };
    let broken = false;
    await using api = await startApi({
      containers: {
        attach: async () => {
          if (broken) throw conflict("it is paused");
          return session;
        },
      },
    });
    const client = clientOf(api.path);
    const attach = () =>
      client.hijack("ContainerAttach", {
        params: { id: "x" },
        query: { stream: true, stdin: true, stdout: true },
      });
    const stream = await attach();
    expect(stream.contentType).toBe("application/vnd.docker.multiplexed-stream");
    await stream.write(Buffer.from("typed"));
    stream.closeWrite();
    const bytes = await new Response(stream.input).bytes();
    expect([...new FrameDecoder().push(bytes)].map(({ payload }) => Buffer.from(payload).toString())).toEqual(
      ["typed"],
    );
    stream.close();
    broken = true;
    expect((await errorOf(attach())).kind).toBe("conflict");
  });

  test("says where there is no engine", async () => {
    const error = await errorOf(clientOf("/nonexistent/x.sock").version());
    expect(error.kind).toBe("unavailable");
    expect(error.message).toContain("unix:///nonexistent/x.sock");
    expect(unavailable("x").kind).toBe(error.kind);
  });
});
