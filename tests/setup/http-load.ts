import { join } from "node:path";

export interface LoadReport {
  readonly answers: Readonly<Record<string, number>>;
  readonly failures: readonly string[];
}

/** Constant load on an address, from another process, until its report is asked for. */
export class HttpLoad implements AsyncDisposable {
  readonly #process: Bun.Subprocess<"pipe", "pipe", "inherit">;

  constructor(url: string, wrapper: readonly string[] = [], width = 4) {
    const program = join(import.meta.dir, "../programs/http-load.ts");
    this.#process = Bun.spawn([...wrapper, process.execPath, program, url, String(width)], {
      stdin: "pipe",
      stdout: "pipe",
      stderr: "inherit",
    });
  }

  async report(): Promise<LoadReport> {
    await this.#process.stdin.end();
    return JSON.parse(await this.#process.stdout.text()) as LoadReport;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill();
    await this.#process.exited;
  }
}
