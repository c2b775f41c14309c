import { join } from "node:path";
import { until } from "./until.ts";

const sources = join(import.meta.dir, "../../src/main/hull.ts");
const program = process.env.HULL_TEST_EXECUTABLE
  ? [process.env.HULL_TEST_EXECUTABLE]
  : [process.execPath, sources];

/** `hull registry serve` as a program of its own, on a port of its own. */
export class ServedRegistry implements AsyncDisposable {
  readonly greeting: string;
  readonly url: string;
  /** Host and port, as in names of images. */
  readonly address: string;
  readonly #process: Bun.Subprocess;

  private constructor(child: Bun.Subprocess, greeting: string) {
    this.#process = child;
    this.greeting = greeting;
    this.url = /https?:\/\/\S+(?=,)/.exec(greeting)?.[0] ?? "";
    this.address = this.url.replace(/^https?:\/\//, "");
  }

  static async start(
    flags: readonly string[],
    env: Readonly<Record<string, string>> = {},
    prefix: readonly string[] = [],
  ) {
    const command = [...prefix, ...program, "registry", "serve", "--addr", "127.0.0.1:0", ...flags];
    const child = Bun.spawn(command, {
      stdout: "pipe",
      stderr: "pipe",
      stdin: "ignore",
      env: { ...process.env, ...env },
    });
    let text = "";
    const reading = (async () => {
      for await (const chunk of child.stdout) text += Buffer.from(chunk).toString();
    })();
    reading.catch(() => {});
    await until("the registry says where it is", async () => {
      if (child.exitCode !== null) throw new Error(`the registry ended: ${await child.stderr.text()}`);
      return /Registry at .*\n.*\n/.test(text);
    });
    return new ServedRegistry(child, text);
  }

  /** A call of `hull registry …` to its end. */
  static async run(args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
    const child = Bun.spawn([...program, "registry", ...args], {
      stdout: "pipe",
      stderr: "pipe",
      stdin: "ignore",
    });
    const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
    return { code, out, err };
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** SIGTERM; the exit code. */
  stop(): Promise<number> {
    this.#process.kill("SIGTERM");
    return this.#process.exited;
  }

  readonly kill = async (): Promise<void> => {
    this.#process.kill("SIGKILL");
    await this.#process.exited;
  };

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}
