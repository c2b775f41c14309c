import { messageOf } from "../../errors/engine-error.ts";
import { ByteQueue } from "../../http/byte-queue.ts";
import { SocketWriter } from "../../http/socket-writer.ts";
import type { Dial, FarEnd, LocalPort, Report } from "./dial.ts";

/** Listens here and joins each connection with one that `dial` makes. Throws the kernel's error. */
// trail: port-forward
export function openTcpPort(address: string, port: number, dial: Dial, report: Report): LocalPort {
  const open = new Set<LocalConnection>();
  const listener = Bun.listen<LocalConnection>({
    hostname: address,
    port,
    exclusive: true,
    allowHalfOpen: true,
    socket: {
      open: (socket) => {
        const connection = new LocalConnection(socket);
        socket.data = connection;
        open.add(connection);
        connection
          .join(dial)
          .catch((error) => report(messageOf(error)))
          .finally(() => open.delete(connection));
      },
      data: (socket, bytes) => socket.data.incoming.push(bytes),
      drain: (socket) => socket.data.writer.drained(),
      end: (socket) => socket.data.incoming.end(),
      close: (socket) => socket.data.closed(),
      error: (socket) => socket.data.closed(),
    },
  });
  return {
    address,
    port: listener.port,
    close: () => {
      listener.stop();
      for (const connection of open) connection.cut();
    },
  };
}

class LocalConnection {
  readonly writer: SocketWriter;
  readonly incoming: ByteQueue;
  readonly #socket: Bun.Socket<LocalConnection>;
  #far: FarEnd | undefined;
  #gone = false;

  constructor(socket: Bun.Socket<LocalConnection>) {
    this.#socket = socket;
    this.writer = new SocketWriter(socket);
    this.incoming = new ByteQueue({ onPause: () => socket.pause(), onResume: () => socket.resume() });
  }

  /** Settles when both directions have ended. Rejects only when there is no far end. */
  async join(dial: Dial): Promise<void> {
    let far: FarEnd;
    try {
      far = await dial();
    } catch (error) {
      this.cut();
      throw error;
    }
    this.#far = far;
    if (this.#gone) {
      far.close();
      return;
    }
    try {
      await Promise.all([this.#outward(far), this.#inward(far)]);
      this.#socket.end();
    } catch {
      // One side broke off: the other learns it the same way.
      this.cut();
    }
    far.close();
  }

  async #outward(far: FarEnd): Promise<void> {
    for (let bytes = await this.incoming.next(); bytes; bytes = await this.incoming.next()) {
      const waiting = far.write(bytes);
      if (waiting) await waiting;
    }
    far.closeWrite();
  }

  async #inward(far: FarEnd): Promise<void> {
    for await (const bytes of far.input) {
      const waiting = this.writer.write(bytes);
      if (waiting) await waiting;
    }
    this.writer.shutdown();
    await this.writer.flushed();
  }

  closed(): void {
    this.#gone = true;
    this.incoming.end();
    this.writer.close();
  }

  cut(): void {
    this.#far?.close();
    this.#socket.terminate();
  }
}
