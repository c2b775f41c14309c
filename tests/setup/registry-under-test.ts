import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "./until.ts";

/** Debian's docker-registry (package docker-registry), as a real registry that knows one user. */
export const registryProgram = Bun.which("docker-registry");

export interface RegistryOptions {
  /** For its data, configuration and log; the caller takes it away. */
  readonly directory: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  /** Put in front of the command line, for example to run in another network namespace. */
  readonly prefix?: readonly string[];
}

export class RegistryUnderTest implements AsyncDisposable {
  readonly address: string;
  readonly #process: Bun.Subprocess;

  private constructor(address: string, child: Bun.Subprocess) {
    this.address = address;
    this.#process = child;
  }

  static async start(options: RegistryOptions): Promise<RegistryUnderTest> {
    if (!registryProgram) throw new Error("docker-registry is not installed");
    const { directory, port, username, password, prefix = [] } = options;
    const file = (name: string) => join(directory, name);
    mkdirSync(directory, { recursive: true });
    const hash = await Bun.password.hash(password, { algorithm: "bcrypt", cost: 4 });
    writeFileSync(file("htpasswd"), `${username}:${hash.replace(/^\$2b\$/, "$2y$")}\n`);
    const address = `127.0.0.1:${port}`;
    const config = {
      version: 0.1,
      log: { level: "warn", accesslog: { disabled: true } },
      storage: { filesystem: { rootdirectory: file("data") } },
      http: { addr: address },
      auth: { htpasswd: { realm: "hull-test", path: file("htpasswd") } },
    };
    writeFileSync(file("config.yml"), JSON.stringify(config));
    const log = Bun.file(file("registry.log"));
    const child = Bun.spawn([...prefix, registryProgram, "serve", file("config.yml")], {
      stdin: "ignore",
      stdout: "ignore",
      stderr: log,
    });
    const registry = new RegistryUnderTest(address, child);
    const ask = `const answer = await fetch("http://${address}/v2/"); process.exit(answer.status === 401 ? 0 : 1)`;
    try {
      await until("the registry asks for a password", async () => {
        if (child.exitCode !== null) throw new Error(`docker-registry ended: ${await log.text()}`);
        const asked = Bun.spawn([...prefix, process.execPath, "-e", ask], {
          stdout: "ignore",
          stderr: "ignore",
        });
        return (await asked.exited) === 0;
      });
    } catch (error) {
      await registry[Symbol.asyncDispose]();
      throw error;
    }
    return registry;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.exited;
  }
}
