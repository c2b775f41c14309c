import type { WaitCondition } from "../../../engine/services/containers.ts";
import { invalidArgument } from "../../../errors/engine-error.ts";
import { type Reply, streamReply } from "../../../http/reply.ts";
import type { ApiCall } from "../../api-call.ts";
import type { ContainersBackend } from "../../routes/containers-backend.ts";

/**
 * The head goes out as soon as the wait is registered: `docker run` waits for it before
 * it starts the container, so that a short life is not missed.
 */
export async function postContainersWait(call: ApiCall, { containers }: ContainersBackend): Promise<Reply> {
  const { result } = await containers.wait(call.param("name"), condition(call), call.request.signal);
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { exitCode, error } = await result;
      const answer = { StatusCode: exitCode, ...(error !== undefined && { Error: { Message: error } }) };
      controller.enqueue(Buffer.from(`${JSON.stringify(answer)}\n`));
      controller.close();
    },
  });
  return streamReply(200, body, { "Content-Type": "application/json" });
}

function condition(call: ApiCall): WaitCondition {
  const word = call.text("condition") ?? "not-running";
  if (word === "not-running" || word === "next-exit" || word === "removed") return word;
  throw invalidArgument(`invalid condition: ${JSON.stringify(word)}`);
}
