import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ClientEngine } from "./client-engine.ts";
import type { DockerResult } from "./docker-cli.ts";
import { RunningHull, runHull } from "./hull-cli.ts";
import { Terminal } from "./terminal.ts";
import { engineCommand } from "./test-engine.ts";

/** A Compose project in a folder of its own; what was made of it is gone with `await using`. */
export class WrittenProject implements AsyncDisposable {
  readonly #engine: ClientEngine;
  readonly name: string;
  readonly folder: string;

  constructor(engine: ClientEngine, word: string, compose: string, files: Record<string, string> = {}) {
    this.#engine = engine;
    this.name = engine.name(word);
    this.folder = mkdtempSync(join(engine.directory, `${word}-`));
    this.write("compose.yaml", compose);
    for (const [path, text] of Object.entries(files)) this.write(path, text);
  }

  write(path: string, text: string): void {
    const whole = join(this.folder, path);
    mkdirSync(dirname(whole), { recursive: true });
    writeFileSync(whole, text);
  }

  /** As the engine calls it: `name-web-1`. */
  container(service: string, number = 1): string {
    return `${this.name}-${service}-${number}`;
  }

  #words(args: readonly string[]): string[] {
    return ["compose", "-f", join(this.folder, "compose.yaml"), "-p", this.name, ...args];
  }

  /** `hull compose …` to its end. */
  run(...args: string[]): Promise<DockerResult> {
    return runHull(this.#words(args), { env: this.#engine.environment });
  }

  /** The same, which must end with this code. */
  async ends(code: number, ...args: string[]): Promise<DockerResult> {
    const result = await this.run(...args);
    if (result.code !== code) {
      throw new Error(
        `hull compose ${args.join(" ")}: exit code ${result.code} instead of ${code}\n${result.out}${result.err}`,
      );
    }
    return result;
  }

  start(...args: string[]): RunningHull {
    return new RunningHull(this.#words(args), { env: this.#engine.environment });
  }

  /** At a terminal of its own. */
  terminal(args: readonly string[], rows = 30, columns = 100): Terminal {
    return new Terminal([...engineCommand(), ...this.#words(args)], this.#engine.environment, rows, columns);
  }

  async state(service: string, number = 1): Promise<string> {
    const { out } = await this.#engine.docker(
      ...["inspect", "--format", "{{.State.Status}}", this.container(service, number)],
    );
    return out.trim();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.run("down", "-t", "0", "-v", "--remove-orphans");
  }
}
