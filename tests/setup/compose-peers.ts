import type { DockerResult } from "./docker-cli.ts";
import { findDocker } from "./docker-cli.ts";
import { engineCommand } from "./test-engine.ts";

/** A program that brings Compose projects up: ours, or another one. */
export interface ComposeProgram {
  readonly name: string;
  readonly command: readonly string[];
}

export const hullCompose: ComposeProgram = { name: "hull compose", command: [...engineCommand(), "compose"] };

function version(command: readonly string[]): string {
  try {
    const run = Bun.spawnSync([...command, "version", "--short"], {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "ignore",
    });
    return run.exitCode === 0 ? run.stdout.toString().trim() : "";
  } catch {
    return "";
  }
}

const installed = Bun.which("docker-compose");

/** Debian's docker-compose, written in Python. */
export function composeOne(): ComposeProgram | undefined {
  if (!installed || !version([installed]).startsWith("1.")) return undefined;
  return { name: "docker-compose 1", command: [installed] };
}

/** Docker Compose 2: the program HULL_TEST_COMPOSE names, docker's plugin, or `docker-compose`. */
export function composeTwo(): ComposeProgram | undefined {
  const given = process.env.HULL_TEST_COMPOSE;
  const docker = findDocker();
  const candidates = [
    ...(given ? [[given]] : []),
    ...(docker ? [[docker, "compose"]] : []),
    ...(installed ? [[installed]] : []),
  ];
  const command = candidates.find((words) => /^v?2\./.test(version(words)));
  return command && { name: "Docker Compose 2", command };
}

export interface ComposeProject {
  readonly directory: string;
  readonly host: string;
  readonly configDirectory: string;
  /** Files and the project's name, in front of the command. */
  readonly flags: readonly string[];
}

export async function compose(
  { command }: ComposeProgram,
  { directory, host, configDirectory, flags }: ComposeProject,
  ...args: readonly string[]
): Promise<DockerResult> {
  const { DOCKER_CONTEXT, COMPOSE_FILE, COMPOSE_PROJECT_NAME, COMPOSE_PROFILES, ...env } = process.env;
  const child = Bun.spawn([...command, ...flags, ...args], {
    cwd: directory,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: 80_000,
    env: { ...env, DOCKER_HOST: host, DOCKER_CONFIG: configDirectory, COMPOSE_HTTP_TIMEOUT: "80" },
  });
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { code, out, err };
}

/** The same, and it must succeed; gives its standard output, trimmed. */
export async function composeOk(
  program: ComposeProgram,
  project: ComposeProject,
  ...args: readonly string[]
): Promise<string> {
  const { code, out, err } = await compose(program, project, ...args);
  if (code !== 0) throw new Error(`${program.name} ${args.join(" ")}: exit code ${code}\n${out}${err}`);
  return out.trim();
}
