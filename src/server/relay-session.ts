import type { AttachSession } from "../engine/services/attach.ts";
import { messageOf } from "../errors/engine-error.ts";
import type { RawStream } from "../http/reply.ts";
import { log } from "../lib/log.ts";

/**
 * Joins a client's connection with a process: input until the client half-closes, output
 * until the process has ended and all of it was delivered. Both directions at their own
 * pace; a client that leaves closes the session and nothing else.
 */
export async function relaySession(stream: RawStream, session: AttachSession, stdin: boolean): Promise<void> {
  const leave = () => session.close();
  if (stream.signal.aborted) leave();
  stream.signal.addEventListener("abort", leave, { once: true });
  if (stdin) {
    relayInput(stream, session).catch((error) => {
      log.debug("input of an attached client ended early", { error: messageOf(error) });
    });
  } else {
    await stream.input.cancel();
  }
  const reader = session.output.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const waiting = stream.write(value);
      if (waiting) await waiting;
    }
  } finally {
    stream.signal.removeEventListener("abort", leave);
    session.close();
  }
}

async function relayInput(stream: RawStream, session: AttachSession): Promise<void> {
  for await (const bytes of stream.input) await session.write(bytes);
  session.closeStdin();
}
