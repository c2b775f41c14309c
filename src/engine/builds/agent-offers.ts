import type { SshAgent } from "../../build/build-request.ts";
import type { AgentConnection } from "../services/builds.ts";
import { Meeting } from "./meeting.ts";

type Taken = Awaited<ReturnType<SshAgent["connect"]>>;

interface Offer {
  readonly connection: AgentConnection;
  taken(): void;
}

/**
 * Connections a client holds open towards its ssh agent, each waiting to be used once. When one is
 * taken the client hears the first request on it, and opens the next.
 *
 *     client: POST …/ssh/default   (waits)          POST …/ssh/default  (waits) …
 *     step:            connect, request  ->  client connects to its agent, passes bytes both ways
 */
export class AgentOffers {
  readonly #offers = new Meeting<Offer>();

  /** Resolves when the step that took it has ended the connection, or the client is gone. */
  async add(connection: AgentConnection): Promise<void> {
    const over = Promise.withResolvers<void>();
    connection.signal.addEventListener("abort", () => over.resolve(), { once: true });
    const done = new TransformStream<Uint8Array, Uint8Array>();
    // Both directions pass here, so that the end of the step's writing is seen.
    const written = done.readable.pipeTo(connection.writable).catch(() => {});
    this.#offers.give({
      connection: { ...connection, writable: done.writable },
      taken: () => void written.then(over.resolve),
    });
    await over.promise;
  }

  async take(signal: AbortSignal): Promise<Taken> {
    for (;;) {
      const { connection, taken } = await this.#offers.take(signal);
      // Its client may have left while nobody used it.
      if (connection.signal.aborted) continue;
      taken();
      return connection;
    }
  }
}
