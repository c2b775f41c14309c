import type { DockerResult } from "./docker-cli.ts";
import { engineCommand } from "./test-engine.ts";
import { until } from "./until.ts";

export interface HullOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stdin?: string | Uint8Array;
  readonly cwd?: string;
  readonly timeout?: number;
  /** Put in front, for example to run in another network namespace. */
  readonly wrapper?: readonly string[];
}

/** The environment without what would lead to another engine. */
function environment(env: HullOptions["env"]): Record<string, string> {
  const { DOCKER_HOST, DOCKER_CONTEXT, DOCKER_CONFIG, DOCKER_TLS_VERIFY, DOCKER_CERT_PATH, ...rest } =
    process.env;
  const whole = { ...rest, ...env };
  return Object.fromEntries(
    Object.entries(whole).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

/** Runs `hull …` to its end. */
export async function runHull(args: readonly string[], options: HullOptions = {}): Promise<DockerResult> {
  const child = Bun.spawn([...(options.wrapper ?? []), ...engineCommand(), ...args], {
    stdin: options.stdin === undefined ? "ignore" : Buffer.from(options.stdin),
    stdout: "pipe",
    stderr: "pipe",
    timeout: options.timeout ?? 60_000,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: environment(options.env),
  });
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { code, out, err };
}

/** A `hull …` that runs until it is told to stop; what it prints is kept. */
export class RunningHull implements AsyncDisposable {
  readonly process: Bun.Subprocess<"pipe", "pipe", "pipe">;
  out = "";
  err = "";

  constructor(args: readonly string[], options: HullOptions = {}) {
    this.process = Bun.spawn([...(options.wrapper ?? []), ...engineCommand(), ...args], {
      stdin: "pipe",
      stdout: "pipe",
      stderr: "pipe",
      env: environment(options.env),
    });
    void this.#collect(this.process.stdout, (text) => {
      this.out += text;
    });
    void this.#collect(this.process.stderr, (text) => {
      this.err += text;
    });
  }

  async #collect(stream: ReadableStream<Uint8Array>, add: (text: string) => void): Promise<void> {
    const decoder = new TextDecoder();
    for await (const bytes of stream) add(decoder.decode(bytes, { stream: true }));
  }

  /** Waits until what it printed matches; gives the match. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    let found: RegExpExecArray | null = null;
    await until(`hull prints ${pattern}, but it printed ${this.out}${this.err}`, async () => {
      found = pattern.exec(this.out) ?? pattern.exec(this.err);
      if (!found && this.process.exitCode !== null) {
        throw new Error(`hull ended with ${this.process.exitCode}: ${this.out}${this.err}`);
      }
      return found !== null;
    });
    if (!found) throw new Error("never");
    return found;
  }

  /** Ctrl-C; gives the exit code. */
  async interrupt(): Promise<number> {
    this.process.kill("SIGINT");
    return await this.process.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.process.exitCode === null) this.process.kill("SIGKILL");
    await this.process.exited;
  }
}
