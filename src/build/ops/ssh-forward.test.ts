import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SshAgent } from "../build-request.ts";
import { forwardAgent } from "./ssh-forward.ts";

/** Says everything back in capitals. */
const shouting: SshAgent = {
  connect: async () =>
    new TransformStream<Uint8Array, Uint8Array>({
      transform: (bytes, controller) =>
        controller.enqueue(Buffer.from(Buffer.from(bytes).toString().toUpperCase())),
    }),
};

async function ask(path: string, question: string): Promise<string> {
  const socket = connect({ path, allowHalfOpen: true });
  socket.end(question);
  let answer = "";
  for await (const bytes of socket) answer += bytes.toString();
  return answer;
}

test("each connection to the socket is one to the agent, until the step is over", async () => {
  const directory = mkdtempSync(join(tmpdir(), "hull-ssh-"));
  const path = join(directory, "agent.sock");
  {
    await using _ = await forwardAgent(shouting, path, new AbortController().signal);
    expect(await Promise.all([ask(path, "one"), ask(path, "two")])).toEqual(["ONE", "TWO"]);
  }
  await expect(ask(path, "late")).rejects.toThrow();
  rmSync(directory, { recursive: true });
});

test("an agent that is gone ends the connection, not the step", async () => {
  const directory = mkdtempSync(join(tmpdir(), "hull-ssh-"));
  const path = join(directory, "agent.sock");
  const gone: SshAgent = { connect: () => Promise.reject(new Error("the client left")) };
  await using _ = await forwardAgent(gone, path, new AbortController().signal);
  expect(await ask(path, "hello").catch(() => "")).toBe("");
  rmSync(directory, { recursive: true });
});

test("a user who leaves in the middle of an answer ends the connection, and nothing is left unheard", async () => {
  const directory = mkdtempSync(join(tmpdir(), "hull-ssh-"));
  const path = join(directory, "agent.sock");
  const leaving: SshAgent = {
    connect: async () => ({
      readable: new ReadableStream<Uint8Array>(),
      writable: new WritableStream<Uint8Array>({ write: () => Promise.reject(new Error("the user left")) }),
    }),
  };
  const unheard: unknown[] = [];
  const listen = (reason: unknown) => void unheard.push(reason);
  process.on("unhandledRejection", listen);
  try {
    await using _ = await forwardAgent(leaving, path, new AbortController().signal);
    const socket = connect({ path });
    const closed = new Promise((resolve) => socket.on("error", () => {}).on("close", resolve));
    socket.write("question");
    await closed;
    await Bun.sleep(0);
    expect(unheard).toEqual([]);
  } finally {
    process.off("unhandledRejection", listen);
    rmSync(directory, { recursive: true });
  }
});
