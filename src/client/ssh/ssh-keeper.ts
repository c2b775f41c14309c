import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unavailable } from "../../errors/engine-error.ts";
import type { SshDestination } from "./ssh-destination.ts";
import { lastWords, type SshProcess, spawnSsh } from "./ssh-program.ts";

/** A port of the far machine that is brought here. */
export interface FarPort {
  readonly host: string;
  readonly port: number;
}

export interface KeeperOptions {
  readonly destination: SshDestination;
  /** One line when the link is lost, and when it is back. */
  report(line: string): void;
}

const firstPauseMs = 500;
const longestPauseMs = 30_000;
/** How long a connection that comes in while the link is down waits for it. */
const patienceMs = 10_000;

/**
 * One ssh connection that is kept up: when it breaks, it is made again, with longer and longer
 * pauses. Sessions share it through `master`; a port of the far machine, once brought, comes
 * out of the socket `far` after every reconnection.
 */
export class SshKeeper {
  readonly #options: KeeperOptions;
  readonly #directory = mkdtempSync(join(tmpdir(), "hull-ssh-"));
  readonly master = join(this.#directory, "master");
  readonly far = join(this.#directory, "far");
  #farPort: FarPort | undefined;
  #ssh: SshProcess | undefined;
  #up = Promise.withResolvers<void>();
  readonly #closed = new AbortController();

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /** Connects; throws what ssh complains about. From then on the link is kept. */
  async start(): Promise<void> {
    void this.#keep(await this.#connect());
  }

  /** Brings a port of the far machine to the socket `far`. */
  async bring(port: FarPort): Promise<void> {
    this.#farPort = port;
    const options = ["-S", this.master, "-O", "forward", ...this.#forwarding()];
    const asked = spawnSsh(this.#options.destination, options, undefined);
    const [stderr, code] = await Promise.all([asked.stderr.text(), asked.exited]);
    if (code !== 0) throw unavailable(`cannot bring ${port.host}:${port.port} here: ${lastWords(stderr)}`);
  }

  /** Resolves when there is a link; rejects when there was none for too long. */
  async ready(): Promise<void> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => late.reject(unavailable(`no link to ${this.#options.destination.host}`)),
      patienceMs,
    );
    try {
      await Promise.race([this.#up.promise, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.#closed.abort();
    this.#ssh?.kill();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** Waits until the connection stands. */
  async #connect(): Promise<Connected> {
    for (const path of [this.master, this.far]) rmSync(path, { force: true });
    const ssh = spawnSsh(
      this.#options.destination,
      [
        ...["-N", "-o", "ControlMaster=yes", "-o", `ControlPath=${this.master}`, "-o", "ControlPersist=no"],
        ...["-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=3"],
        ...["-o", "ExitOnForwardFailure=yes", ...this.#forwarding()],
      ],
      undefined,
    );
    this.#ssh = ssh;
    const ended = Promise.all([ssh.stderr.text(), ssh.exited]).then(
      ([stderr, code]) => lastWords(stderr) || `ssh ended with exit code ${code}`,
    );
    let reason: string | undefined;
    void ended.then((words) => {
      reason = words;
    });
    // The control socket appears when the other side has let us in.
    while (!existsSync(this.master)) {
      if (reason !== undefined) throw unavailable(reason);
      await Bun.sleep(10);
    }
    this.#up.resolve();
    return { ended };
  }

  async #keep(first: Connected): Promise<void> {
    for (let link: Connected | undefined = first; link; link = await this.#again()) {
      const reason = await link.ended;
      if (this.#closed.signal.aborted) return;
      this.#up = Promise.withResolvers();
      this.#up.promise.catch(() => {});
      this.#options.report(`link to ${this.#options.destination.host} lost: ${reason}`);
    }
  }

  async #again(): Promise<Connected | undefined> {
    for (let pause = firstPauseMs; ; pause = Math.min(pause * 2, longestPauseMs)) {
      await Bun.sleep(pause);
      if (this.#closed.signal.aborted) return undefined;
      try {
        const link = await this.#connect();
        this.#options.report(`link to ${this.#options.destination.host} is back`);
        return link;
      } catch (error) {
        if (this.#closed.signal.aborted) return undefined;
        const seconds = Math.min(pause * 2, longestPauseMs) / 1000;
        const why = error instanceof Error ? error.message : String(error);
        this.#options.report(`no link yet (${why}); next try in ${seconds} s`);
      }
    }
  }

  #forwarding(): string[] {
    const port = this.#farPort;
    if (!port) return [];
    const host = port.host.includes(":") ? `[${port.host}]` : port.host;
    return ["-o", "StreamLocalBindUnlink=yes", "-L", `${this.far}:${host}:${port.port}`];
  }
}

interface Connected {
  /** Why it ended, once it has. */
  readonly ended: Promise<string>;
}
