import { unlinkSync } from "node:fs";
import { conflict, messageOf } from "../errors/engine-error.ts";
import { log } from "../lib/log.ts";
import { Connection, type Handler } from "./connection.ts";
import type { ConnectionLimits } from "./connection-state.ts";
import type { ListenAddress } from "./listen-address.ts";
import { passedSockets } from "./passed-sockets.ts";
import type { TlsSettings } from "./tls-files.ts";
import { clearStaleSocket, giveToGroup, withSocketMode } from "./unix-socket.ts";

export interface ListenOptions {
  readonly tls?: TlsSettings;
  /** Group of a unix socket; `docker` unless told. */
  readonly group?: string;
}

interface Slot {
  connection: Connection | undefined;
}

type Socket = Bun.Socket<Slot>;

/**
 * An HTTP/1.1 server on bare sockets. Bun's own servers give no access to the connection
 * of a request that asks for a raw stream without `Upgrade`, and Docker's API needs that,
 * with each direction closing on its own.
 */
export class HttpServer {
  readonly #handler: Handler;
  readonly #limits: ConnectionLimits;
  readonly #listeners: Bun.SocketListener<Slot>[] = [];
  readonly #socketFiles: string[] = [];
  readonly #connections = new Set<Connection>();
  #whenEmpty: (() => void) | undefined;
  #closing = false;

  constructor(handler: Handler, limits: ConnectionLimits = {}) {
    this.#handler = handler;
    this.#limits = limits;
  }

  get connections(): number {
    return this.#connections.size;
  }

  /** Starts to accept; returns the address in the notation of `-H`, with the port really taken. */
  async listen(address: ListenAddress, options: ListenOptions = {}): Promise<string[]> {
    switch (address.kind) {
      case "unix":
        await clearStaleSocket(address.path);
        withSocketMode(() => this.#add(() => Bun.listen({ unix: address.path, ...this.#callbacks() })));
        giveToGroup(address.path, options.group);
        this.#socketFiles.push(address.path);
        return [`unix://${address.path}`];
      case "tcp": {
        const listener = this.#add(() =>
          Bun.listen({
            hostname: address.host,
            port: address.port,
            ...(options.tls && { tls: options.tls }),
            ...this.#callbacks(options.tls?.requestCert),
          }),
        );
        const host = address.host.includes(":") ? `[${address.host}]` : address.host;
        return [`tcp://${host}:${"port" in listener ? listener.port : address.port}`];
      }
      case "fd":
        return passedSockets(address.which, process.env, process.pid).map((fd) => {
          // Bun listens on a descriptor too; its types know that of connect only.
          const options = { fd, ...this.#callbacks() } as unknown as Bun.UnixSocketOptions<Slot>;
          this.#add(() => Bun.listen(options));
          return `fd://${fd}`;
        });
    }
  }

  /**
   * Stops accepting, lets requests that are being worked on end until `deadlineMs`, then cuts
   * what is left. Streams do not hold it up: they have no end to wait for.
   */
  async close(deadlineMs = 0): Promise<void> {
    this.#closing = true;
    for (const listener of this.#listeners.splice(0)) listener.stop();
    for (const path of this.#socketFiles.splice(0)) {
      try {
        unlinkSync(path);
      } catch {
        // Gone already, for example with its directory.
      }
    }
    for (const connection of this.#connections) connection.finish();
    if (this.#connections.size > 0 && deadlineMs > 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#whenEmpty = resolve;
      const timer = setTimeout(resolve, deadlineMs);
      await promise;
      clearTimeout(timer);
    }
    for (const connection of this.#connections) connection.cut();
  }

  #add<Listener extends Bun.SocketListener<Slot>>(listen: () => Listener): Listener {
    try {
      const listener = listen();
      this.#listeners.push(listener);
      return listener;
    } catch (error) {
      throw conflict(`cannot listen: ${messageOf(error)}`, error);
    }
  }

  #callbacks(onlyAuthorized = false): {
    allowHalfOpen: true;
    data: Slot;
    socket: Bun.SocketHandler<Slot>;
  } {
    const { idleSeconds = 0 } = this.#limits;
    // A timer of a socket runs once: it is wound up again whenever something moves.
    const moved = idleSeconds > 0 ? (socket: Socket) => socket.timeout(idleSeconds) : () => {};
    const accept = (socket: Socket) => {
      // It waited in the queue while the server began to close.
      if (this.#closing) {
        socket.terminate();
        return;
      }
      const connection = new Connection(socket, this.#handler, this.#limits);
      socket.data = { connection };
      this.#connections.add(connection);
    };
    return {
      allowHalfOpen: true,
      data: { connection: undefined },
      socket: {
        open: (socket) => {
          socket.data = { connection: undefined };
          moved(socket);
          if (!onlyAuthorized) accept(socket);
        },
        handshake: (socket, success) => {
          if (!onlyAuthorized) return;
          if (success && socket.authorized) accept(socket);
          else socket.terminate();
        },
        data: (socket, bytes) => {
          moved(socket);
          socket.data.connection?.data(bytes);
        },
        drain: (socket) => {
          moved(socket);
          socket.data.connection?.drain();
        },
        timeout: (socket) => {
          const { connection } = socket.data;
          if (!connection || connection.waitsForPeer) socket.terminate();
          else moved(socket);
        },
        end: (socket) => socket.data.connection?.end(),
        error: (_socket, error) => log.debug("connection error", { error: messageOf(error) }),
        close: (socket) => {
          const connection = socket.data.connection;
          if (!connection) return;
          connection.close();
          this.#connections.delete(connection);
          if (this.#connections.size === 0) this.#whenEmpty?.();
        },
      },
    };
  }
}
