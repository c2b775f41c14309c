import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ByteQueue } from "../../http/byte-queue.ts";
import { SocketWriter } from "../../http/socket-writer.ts";
import { formatSshUrl, type SshDestination } from "./ssh-destination.ts";
import { lastWords, type SshProcess, sharesConnections, spawnSsh } from "./ssh-program.ts";

/**
 * An engine behind ssh as a socket of this machine:
 *
 *   client ── unix socket (ours alone) ── ssh ~~~~ sshd ── docker system dial-stdio ── engine
 *
 * Each connection is one session of ssh. All of them share one ssh connection (the first one
 * made is the master of the others), so that only the first pays for keys and handshake;
 * where the far side allows no more sessions on it (MaxSessions, 10), ssh opens another.
 */
export interface SshLink {
  readonly path: string;
  readonly shown: string;
  /** Why the last connection failed, in ssh's words. */
  failure(): string | undefined;
  close(): void;
}

/** Finds docker or, where there is none, hull; in one go, whatever the login shell is. */
function remoteCommand(socket: string | undefined): string {
  const host = socket === undefined ? "" : `--host unix://${socket} `;
  const call = (program: string) => `exec ${program} ${host}system dial-stdio`;
  return `sh -c 'if command -v docker >/dev/null 2>&1; then ${call("docker")}; fi; if command -v hull >/dev/null 2>&1; then ${call("hull")}; fi; echo "there is neither docker nor hull on this host" >&2; exit 127'`;
}

/** `master`: the control socket of an ssh connection that somebody else keeps. */
export async function openSshLink(destination: SshDestination, master?: string): Promise<SshLink> {
  const directory = mkdtempSync(join(tmpdir(), "hull-ssh-"));
  const path = join(directory, "engine.sock");
  const sharing = await sharingOptions(destination, directory, master);
  const command = remoteCommand(destination.socket);
  const open = new Set<LinkedConnection>();
  let failure: string | undefined;
  const listener = Bun.listen<LinkedConnection>({
    unix: path,
    allowHalfOpen: true,
    socket: {
      open: (socket) => {
        const ssh = spawnSsh(destination, ["-o", "ServerAliveInterval=15", ...sharing], command);
        const connection = new LinkedConnection(socket, ssh);
        socket.data = connection;
        open.add(connection);
        void connection.run().then((reason) => {
          failure = reason ?? failure;
          open.delete(connection);
          connection.end();
        });
      },
      data: (socket, bytes) => socket.data.incoming.push(bytes),
      drain: (socket) => socket.data.writer.drained(),
      end: (socket) => socket.data.incoming.end(),
      close: (socket) => socket.data.closed(),
      error: (socket) => socket.data.closed(),
    },
  });
  listener.unref();
  const close = () => {
    listener.stop(true);
    for (const connection of open) connection.cut();
    rmSync(directory, { recursive: true, force: true });
  };
  const forget = cleanUpOnSignals(close);
  return {
    path,
    shown: formatSshUrl(destination),
    failure: () => failure,
    close: () => {
      forget();
      close();
    },
  };
}

/** Whoever shares connections by a configuration of their own keeps doing it that way. */
async function sharingOptions(
  destination: SshDestination,
  directory: string,
  master: string | undefined,
): Promise<string[]> {
  if (master !== undefined) return ["-o", "ControlMaster=no", "-o", `ControlPath=${master}`];
  if (await sharesConnections(destination)) return [];
  const path = join(directory, "master");
  return ["-o", "ControlMaster=auto", "-o", `ControlPath=${path}`, "-o", "ControlPersist=no"];
}

/** A signal nobody else handles ends the program as it would have, but not before the folder is gone. */
function cleanUpOnSignals(clean: () => void): () => void {
  const names = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const handlers = names.map((name) => {
    const handler = () => {
      if (process.listenerCount(name) > 0) return;
      clean();
      process.kill(process.pid, name);
    };
    process.once(name, handler);
    return { name, handler };
  });
  return () => {
    for (const { name, handler } of handlers) process.off(name, handler);
  };
}

/** One connection of a client, and the ssh session it goes through. */
class LinkedConnection {
  readonly writer: SocketWriter;
  readonly incoming: ByteQueue;
  readonly #socket: Bun.Socket<LinkedConnection>;
  readonly #ssh: SshProcess;

  constructor(socket: Bun.Socket<LinkedConnection>, ssh: SshProcess) {
    this.#socket = socket;
    this.#ssh = ssh;
    this.writer = new SocketWriter(socket);
    this.incoming = new ByteQueue({ onPause: () => socket.pause(), onResume: () => socket.resume() });
  }

  /** Settles when the session is over; gives what ssh complained about when it failed. */
  async run(): Promise<string | undefined> {
    this.#outward().catch(() => this.#ssh.kill());
    const inward = this.#inward().catch(() => this.#ssh.kill());
    const [stderr, code] = await Promise.all([this.#ssh.stderr.text(), this.#ssh.exited, inward]);
    if (code === 0) return undefined;
    return lastWords(stderr) || `ssh ended with exit code ${code}`;
  }

  async #outward(): Promise<void> {
    const { stdin } = this.#ssh;
    for (let bytes = await this.incoming.next(); bytes; bytes = await this.incoming.next()) {
      stdin.write(bytes);
      await stdin.flush();
    }
    await stdin.end();
  }

  async #inward(): Promise<void> {
    let answered = false;
    for await (const bytes of this.#ssh.stdout) {
      answered = true;
      const waiting = this.writer.write(bytes);
      if (waiting) await waiting;
    }
    // A session that never was: the client must not notice before the reason is known.
    if (answered) this.writer.shutdown();
  }

  end(): void {
    this.#socket.end();
  }

  closed(): void {
    this.incoming.end();
    this.writer.close();
    // Its input has ended; the far side closes, and ssh with it.
  }

  cut(): void {
    this.#ssh.kill();
    this.#socket.terminate();
  }
}
