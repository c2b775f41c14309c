import { existsSync } from "node:fs";
import { join } from "node:path";

/** The newest docker command line program of this machine: the tests want a 28.x where there is one. */
export function findDocker(): string | undefined {
  const folders = ["/usr/local/bin", ...(process.env.PATH ?? "").split(":")];
  const candidates = [process.env.HULL_TEST_DOCKER ?? "", ...folders.map((folder) => join(folder, "docker"))];
  const paths = [...new Set(candidates)].filter((path) => path !== "" && existsSync(path));
  const versioned = paths.map((path) => ({ path, version: versionOf(path) }));
  return versioned.sort((a, b) => b.version - a.version)[0]?.path;
}

function versionOf(path: string): number {
  const run = Bun.spawnSync([path, "--version"], { stdout: "pipe", stderr: "ignore" });
  const parts = /version (\d+)\.(\d+)/.exec(run.stdout.toString());
  return parts ? Number(parts[1]) * 1000 + Number(parts[2]) : -1;
}

export interface DockerResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface DockerOptions {
  readonly stdin?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Milliseconds after which the client is killed and the test fails. */
  readonly timeout?: number;
}

let found: string | undefined;

/** Runs the real docker program against a socket and gives what it printed and its exit code. */
export async function runDocker(
  host: string,
  configDirectory: string,
  args: readonly string[],
  options: DockerOptions = {},
): Promise<DockerResult> {
  const client = startDocker(host, configDirectory, args, options);
  if (options.stdin !== undefined) client.stdin.write(options.stdin);
  await client.stdin.end();
  const limit = options.timeout ?? 60_000;
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    client.kill("SIGKILL");
  }, limit);
  try {
    const [out, err, code] = await Promise.all([client.stdout.text(), client.stderr.text(), client.exited]);
    if (timedOut) throw new Error(`docker ${args.join(" ")}: did not end within ${limit} ms\n${out}${err}`);
    return { code, out, err };
  } finally {
    clearTimeout(timer);
  }
}

/** The docker program as a running process, for tests that talk to it while it runs. */
export function startDocker(
  host: string,
  configDirectory: string,
  args: readonly string[],
  options: DockerOptions = {},
) {
  found ??= findDocker();
  if (!found) throw new Error("there is no docker program (Debian package docker.io or docker-cli)");
  return Bun.spawn([found, ...args], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...process.env, DOCKER_HOST: host, DOCKER_CONFIG: configDirectory, ...options.env },
  });
}
