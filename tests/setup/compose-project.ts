import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ClientEngine } from "./client-engine.ts";
import { type HullOptions, runHull } from "./hull-cli.ts";

/** A directory with a compose.yaml, and `hull compose` in it. */
export class ComposeProject implements AsyncDisposable {
  readonly name: string;
  readonly directory: string;
  readonly #engine: ClientEngine;

  constructor(engine: ClientEngine, word: string, yaml: string) {
    this.#engine = engine;
    this.name = engine.name(word);
    mkdirSync(join(engine.directory, "projects"), { recursive: true });
    this.directory = mkdtempSync(join(engine.directory, "projects", `${word}-`));
    this.write(yaml);
  }

  write(yaml: string): void {
    writeFileSync(join(this.directory, "compose.yaml"), yaml);
  }

  run(args: readonly string[], options: HullOptions = {}) {
    return runHull(["compose", "-p", this.name, ...args], {
      cwd: this.directory,
      ...options,
      env: { DOCKER_HOST: this.#engine.host, DOCKER_CONFIG: this.#engine.directory, ...options.env },
    });
  }

  async ok(...args: string[]): Promise<string> {
    const { code, out, err } = await this.run(args);
    if (code !== 0) throw new Error(`hull compose ${args.join(" ")}: exit code ${code}\n${out}${err}`);
    return out.trim();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.run(["down", "-v", "-t", "0", "--remove-orphans"]);
    rmSync(this.directory, { recursive: true, force: true });
  }
}
