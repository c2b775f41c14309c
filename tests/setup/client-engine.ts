import { afterAll, beforeAll, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ContainerInspectResponse, ContainerState } from "../../src/protocol/generated/types.ts";
import { type DockerOptions, type DockerResult, runDocker, startDocker } from "./docker-cli.ts";
import { type EngineUnderTest, startEngine } from "./engine-under-test.ts";
import { makeNetworkNamespace } from "./reference-engine.ts";
import { TestEngine, type TestEngineOptions } from "./test-engine.ts";
import { until } from "./until.ts";

/**
 * The same tests run against dockerd instead of our engine: that tests the tests. `1` starts a
 * dockerd of one's own; an address like `unix:///run/docker.sock` takes one that runs, which is
 * neither started nor stopped and loses only what these tests made on it.
 * `HULL_TEST_REFERENCE_NETNS` names its network namespace when it is not the one of the tests.
 */
const reference = process.env.HULL_TEST_REFERENCE;

export const onReference = reference !== undefined;

/** A test of what only Hull has, or what needs an engine of one's own. The reason is shown when skipped. */
export function hullOnly(reason: string) {
  return onReference ? skipped(`not on the reference: ${reason}`) : test;
}

function skipped(why: string): typeof test.skip {
  return ((name: string, run: () => void) => test.skip(`${name} [${why}]`, run)) as typeof test.skip;
}

/** A known difference of the reference (Docker 20.10) from what today's Docker, and we, do. */
export function expected<T>(today: T, then: { readonly reference: T; readonly reason: string }): T {
  return onReference ? then.reference : today;
}

export interface ClientEngineOptions extends TestEngineOptions {
  /** A network namespace of its own plays the host; `hostNetwork` and its like look in there. */
  readonly ownNetwork?: boolean;
}

/** One engine for all tests of a file: made before the first, taken away after the last. */
export function clientEngine(options: ClientEngineOptions = {}): ClientEngine {
  setDefaultTimeout(90_000);
  const engine = new ClientEngine();
  beforeAll(() => engine.open(options));
  afterAll(() => engine.close());
  return engine;
}

let counter = 0;

/** The docker command line against one engine: ours, or the reference. */
export class ClientEngine {
  #own: TestEngine | undefined;
  #started: EngineUnderTest | undefined;
  #space: { readonly wrapper: string[]; remove(): void } | undefined;
  #directory = "";
  /** In the names of everything these tests make. */
  readonly id =
    `e2e${process.pid.toString(36)}${(counter++).toString(36)}${Date.now().toString(36).slice(-4)}`;

  async open({ ownNetwork, ...options }: ClientEngineOptions): Promise<void> {
    this.#directory = mkdtempSync(join(tmpdir(), "hull-client-"));
    if (ownNetwork && !onReference) this.#space = makeNetworkNamespace(this.id);
    const wrapper = this.#space?.wrapper;
    if (!onReference) this.#own = await TestEngine.start({ ...options, ...(wrapper && { wrapper }) });
    else if (!reference?.includes("://")) this.#started = await startEngine();
  }

  async close(): Promise<void> {
    try {
      await this.#own?.[Symbol.asyncDispose]();
      if (this.#started) await this.#started[Symbol.asyncDispose]();
      else if (onReference) await this.#removeMine();
    } finally {
      this.#space?.remove();
      if (this.#directory) rmSync(this.#directory, { recursive: true, force: true });
    }
  }

  async #removeMine(): Promise<void> {
    const label = `label=${this.id}`;
    const lines = async (...args: string[]) => (await this.docker(...args)).out.split("\n").filter(Boolean);
    const containers = await lines("ps", "-aq", "--filter", label);
    if (containers.length > 0) await this.docker("rm", "-fv", ...containers);
    const volumes = (await lines("volume", "ls", "-q")).filter((name) => name.startsWith(this.id));
    if (volumes.length > 0) await this.docker("volume", "rm", ...volumes);
    const networks = (await lines("network", "ls", "--format", "{{.Name}}")).filter((name) =>
      name.startsWith(this.id),
    );
    if (networks.length > 0) await this.docker("network", "rm", ...networks);
    const images = await lines("image", "ls", "--format", "{{.Repository}}:{{.Tag}}");
    const mine = images.filter((name) => name.startsWith(this.id));
    if (mine.length > 0) await this.docker("rmi", "-f", ...mine);
  }

  /** The engine as something to stop, kill and look into; not there on the reference. */
  get own(): TestEngine {
    if (!this.#own) throw new Error("this test needs an engine of its own");
    return this.#own;
  }

  get host(): string {
    return this.#started?.host ?? reference ?? this.own.host;
  }

  get socket(): string {
    return this.host.replace("unix://", "");
  }

  /** Folder for files of the tests; goes away with the engine. */
  get directory(): string {
    return this.#directory;
  }

  /** A name of this file's own for a container, volume or image. */
  name(word: string): string {
    return `${this.id}-${word}`;
  }

  docker(...args: string[]): Promise<DockerResult> {
    return this.dockerWith({}, ...args);
  }

  dockerWith(options: DockerOptions, ...args: string[]): Promise<DockerResult> {
    return runDocker(this.host, this.#directory, this.labelled(args), options);
  }

  spawnDocker(...args: string[]) {
    return startDocker(this.host, this.#directory, this.labelled(args));
  }

  /** What the docker program is started with, for tests that start it in a terminal. */
  get environment(): Record<string, string> {
    return { DOCKER_HOST: this.host, DOCKER_CONFIG: this.#directory };
  }

  /** On the reference every new container carries a label, so that it is found again at the end. */
  labelled(args: readonly string[]): string[] {
    const at = args[0] === "container" ? 1 : 0;
    const verb = args[at];
    if (!onReference || (verb !== "run" && verb !== "create")) return [...args];
    return [...args.slice(0, at + 1), "--label", this.id, ...args.slice(at + 1)];
  }

  /** `docker …` that must succeed; gives its standard output, trimmed. */
  async ok(...args: string[]): Promise<string> {
    const { code, out, err } = await this.docker(...args);
    if (code !== 0) throw new Error(`docker ${args.join(" ")}: exit code ${code}\n${out}${err}`);
    return out.trim();
  }

  /** `docker …` that must fail; gives its standard error, trimmed. */
  async fails(code: number, ...args: string[]): Promise<string> {
    const result = await this.docker(...args);
    if (result.code !== code) {
      const printed = `${result.out}${result.err}`;
      throw new Error(`docker ${args.join(" ")}: exit code ${result.code} instead of ${code}\n${printed}`);
    }
    return result.err.trim();
  }

  /** A busybox container in the background that stays until it is removed; gives its name. */
  async sleeper(word: string, ...options: string[]): Promise<string> {
    const name = this.name(word);
    await this.ok("run", "-d", "--init", "--name", name, ...options, "busybox", "sleep", "3600");
    return name;
  }

  /** What a shell line prints inside a running container. */
  shell(container: string, script: string): Promise<string> {
    return this.ok("exec", container, "sh", "-c", script);
  }

  /** What a shell line prints in a new container that goes away at once. */
  once(options: readonly string[], script: string): Promise<string> {
    return this.ok("run", "--rm", ...options, "busybox", "sh", "-c", script);
  }

  remove(...containers: string[]): Promise<string> {
    return this.ok("rm", "-fv", ...containers);
  }

  async inspect(container: string): Promise<ContainerInspectResponse> {
    const [found] = JSON.parse(
      await this.ok("container", "inspect", container),
    ) as ContainerInspectResponse[];
    if (!found) throw new Error(`inspect ${container} gave nothing`);
    return found;
  }

  async state(container: string): Promise<NonNullable<ContainerState>> {
    return (await this.inspect(container)).State ?? {};
  }

  async pid(container: string): Promise<number> {
    const pid = (await this.state(container)).Pid;
    if (!pid) throw new Error(`${container} has no process`);
    return pid;
  }

  /** One field by Go template, as a word. */
  field(container: string, template: string): Promise<string> {
    return this.ok("inspect", "--format", template, container);
  }

  untilStatus(container: string, status: string, milliseconds?: number): Promise<string | true> {
    return until(
      `${container} is ${status}`,
      async () => (await this.field(container, "{{.State.Status}}")) === status,
      milliseconds,
    );
  }

  async untilLogged(container: string, text: string, milliseconds?: number): Promise<void> {
    await until(
      `${container} has logged ${JSON.stringify(text)}`,
      async () => {
        const { out, err } = await this.docker("logs", container);
        return out.includes(text) || err.includes(text);
      },
      milliseconds,
    );
  }

  /** One plain request to the API. */
  request(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(`http://engine${path}`, {
      method,
      unix: this.socket,
      headers: body === undefined ? {} : { "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  async json<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await this.request(method, path, body);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text) as T;
  }

  /** In front of a command: brings it to where the engine's network is. */
  get hostPrefix(): string[] {
    if (this.#space) return this.#space.wrapper;
    const netns = this.#started ? `/proc/${this.#started.pid}/ns/net` : process.env.HULL_TEST_REFERENCE_NETNS;
    return onReference && netns ? ["nsenter", `--net=${netns}`] : [];
  }

  /** A program of the host, where the engine's network is. */
  hostNetwork(...command: string[]): { code: number; out: string; err: string } {
    const run = Bun.spawnSync([...this.hostPrefix, ...command], {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    return { code: run.exitCode, out: run.stdout.toString(), err: run.stderr.toString() };
  }

  /** A JavaScript program run by Bun where the engine's network is; gives what it printed. */
  async hostProgram(program: string): Promise<string> {
    const child = Bun.spawn([...this.hostPrefix, process.execPath, "-e", program], {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
    return code === 0 ? out.trim() : `failed: ${err.trim()}`;
  }

  /** What the host gets from an address by HTTP, or `failed: …`. */
  fetchFromHost(url: string): Promise<string> {
    return this.hostProgram(
      `const answer = await fetch(${JSON.stringify(url)}, { signal: AbortSignal.timeout(4000) });
       process.stdout.write(await answer.text());`,
    );
  }

  /** A free port of the host: asked of the kernel. */
  async freePort(): Promise<number> {
    const port = await this.hostProgram(
      `const server = Bun.listen({ hostname: "0.0.0.0", port: 0, socket: { data() {} } });
       console.log(server.port); server.stop();`,
    );
    return Number(port);
  }

  /** A file of a container's cgroup as the host sees it: its name on version 1 with its controller, and on 2. */
  async cgroupFile(container: string, controller: string, v1: string, v2: string): Promise<string> {
    return readCgroupFile(await this.pid(container), controller, v1, v2);
  }
}

export function readCgroupFile(pid: number, controller: string, v1: string, v2: string): string {
  const lines = readFileSync(`/proc/${pid}/cgroup`, "utf8").trim().split("\n");
  const parts = lines.map((line) => /^\d+:([^:]*):(.*)$/.exec(line)).filter((match) => match !== null);
  const old = parts.find((match) => (match[1] ?? "").split(",").includes(controller));
  if (old) return readFileSync(join("/sys/fs/cgroup", controller, old[2] ?? "", v1), "utf8").trim();
  const unified = parts.find((match) => match[1] === "")?.[2] ?? "";
  return readFileSync(join("/sys/fs/cgroup", unified, v2), "utf8").trim();
}
