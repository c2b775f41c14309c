import type { DockerOptions, DockerResult, startDocker } from "./docker-cli.ts";
import { makeNetworkNamespace, ReferenceEngine } from "./reference-engine.ts";
import { TestEngine, type TestEngineOptions } from "./test-engine.ts";

/** What a test of clients needs of an engine: ours, or the one that tests the tests. */
export interface EngineUnderTest extends AsyncDisposable {
  readonly name: string;
  readonly directory: string;
  readonly host: string;
  readonly configDirectory: string;
  readonly pid: number;
  docker(...args: string[]): Promise<DockerResult>;
  dockerWith(options: DockerOptions, ...args: string[]): Promise<DockerResult>;
  /** `docker …` that must succeed; gives what it printed, trimmed. */
  ok(...args: string[]): Promise<string>;
  spawnDocker(...args: string[]): ReturnType<typeof startDocker>;
  request(method: string, path: string, body?: unknown): Promise<Response>;
  log(): string;
  start(): Promise<void>;
  stop(): Promise<number>;
  kill(): Promise<void>;
  restart(): Promise<void>;
}

/** `HULL_TEST_REFERENCE=1 bun test tests/clients` runs the same assertions against dockerd. */
export const againstReference = process.env.HULL_TEST_REFERENCE === "1";

export async function startEngine(options: TestEngineOptions = {}): Promise<EngineUnderTest> {
  if (!againstReference) return TestEngine.start(options);
  const program = Bun.which("dockerd");
  if (!program) throw new Error("dockerd is not installed (Debian package docker.io)");
  const { wrapper, remove } = makeNetworkNamespace(
    `hull-ref-${process.pid}-${Math.random().toString(36).slice(2, 6)}`,
  );
  const engine = new ReferenceEngine(program, wrapper, remove);
  await engine.start();
  await engine.loadBusybox();
  return engine;
}
