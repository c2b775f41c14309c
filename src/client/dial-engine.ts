import { unavailable } from "../errors/engine-error.ts";
import { ByteQueue } from "../http/byte-queue.ts";
import { SocketWriter } from "../http/socket-writer.ts";
import { type EngineAddress, formatAddress } from "./engine-address.ts";

/** A bare connection to an engine's socket; each direction ends on its own. */
export interface RawConnection {
  readonly input: ByteQueue;
  write(bytes: Uint8Array): Promise<void> | undefined;
  closeWrite(): void;
  close(): void;
}

/** The one place that opens a socket to an engine; half-close is kept on both kinds. */
export function openSocket(
  { address, tls }: EngineAddress,
  socket: Bun.SocketHandler<undefined>,
): Promise<Bun.Socket<undefined>> {
  return address.kind === "unix"
    ? Bun.connect({ unix: address.path, allowHalfOpen: true, socket })
    : Bun.connect({
        hostname: address.host,
        port: address.port,
        allowHalfOpen: true,
        socket,
        ...(tls && { tls }),
      });
}

export async function dialEngine(engine: EngineAddress): Promise<RawConnection> {
  let writer: SocketWriter | undefined;
  let connection: Bun.Socket<undefined> | undefined;
  const input = new ByteQueue({ onPause: () => connection?.pause(), onResume: () => connection?.resume() });
  const socket: Bun.SocketHandler<undefined> = {
    data: (_, bytes) => input.push(bytes),
    drain: () => writer?.drained(),
    end: () => input.end(),
    close: () => {
      input.end();
      writer?.close();
    },
    error: (_, error) => input.end(error),
  };
  try {
    connection = await openSocket(engine, socket);
  } catch (error) {
    throw unavailable(`Cannot connect to the engine at ${formatAddress(engine)}. Is it running?`, error);
  }
  const open = connection;
  writer = new SocketWriter(open);
  const out = writer;
  return {
    input,
    write: (bytes) => out.write(bytes),
    closeWrite: () => out.shutdown(),
    close: () => open.terminate(),
  };
}
