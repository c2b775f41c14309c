import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { S3Config } from "../../src/registry/server/registry-config.ts";
import { until } from "./until.ts";

interface StoreProgram {
  readonly name: string;
  args(port: number, directory: string): string[];
  /** Bun's client knows objects only: buckets are made in each program's own way. */
  makeBucket(address: string, directory: string, bucket: string): Promise<unknown>;
}

/** Servers with Amazon's S3 interface that these tests know how to start, the strictest first. */
const programs: readonly StoreProgram[] = [
  {
    name: "versitygw",
    args: (port, directory) => ["--port", `127.0.0.1:${port}`, "posix", directory],
    makeBucket: async (_, directory, bucket) => mkdirSync(join(directory, bucket)),
  },
  {
    name: "moto_server",
    args: (port) => ["-H", "127.0.0.1", "-p", String(port)],
    makeBucket: (address, _, bucket) => fetch(`${address}/${bucket}`, { method: "PUT" }),
  },
];

const program = programs.find(({ name }) => Bun.which(name));
export const objectStoreProgram = program?.name;

/** A real object store of its own for one test file. */
export class ObjectStore implements AsyncDisposable {
  readonly #process: Bun.Subprocess;
  readonly #address: string;
  readonly #directory: string;

  private constructor(process: Bun.Subprocess, address: string, directory: string) {
    this.#process = process;
    this.#address = address;
    this.#directory = directory;
  }

  static async start(directory: string): Promise<ObjectStore> {
    if (!program) throw new Error("no object store is installed");
    const port = freePort();
    mkdirSync(directory, { recursive: true });
    const child = Bun.spawn([program.name, ...program.args(port, directory)], {
      stdout: "ignore",
      stderr: "ignore",
      env: { ...process.env, ROOT_ACCESS_KEY: "hull", ROOT_SECRET_KEY: "hull-secret" },
    });
    const address = `http://127.0.0.1:${port}`;
    await until("the object store answers", async () => {
      if (child.exitCode !== null) throw new Error(`${program.name} ended with ${child.exitCode}`);
      return fetch(address).then(
        () => true,
        () => false,
      );
    });
    return new ObjectStore(child, address, directory);
  }

  /** Settings with a fresh bucket. */
  async bucket(): Promise<S3Config> {
    const bucket = `hull-${crypto.randomUUID()}`;
    await program?.makeBucket(this.#address, this.#directory, bucket);
    return {
      endpoint: this.#address,
      region: "us-east-1",
      accessKeyId: "hull",
      secretAccessKey: "hull-secret",
      bucket,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.exited;
  }
}

function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  listener.stop();
  return listener.port;
}
