import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { busyboxArchive } from "./busybox-archive.ts";
import { type DockerOptions, type DockerResult, runDocker, startDocker } from "./docker-cli.ts";
import { assertNothingGrown, type Footprint, footprint, type Traces } from "./leaks.ts";
import { until } from "./until.ts";

export interface TestEngineOptions {
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Put in front of the command line, for example to run in another network namespace. */
  readonly wrapper?: readonly string[];
  /** Load busybox:latest; on unless it is said otherwise. */
  readonly busybox?: boolean;
}

const root = join(import.meta.dir, "../..");

/**
 * A real engine with everything of its own: folders, socket, bridge, address range, cgroup
 * parent. Several of them, and other engines, run beside each other. `await using` stops it,
 * removes its containers and its folders.
 */
export class TestEngine implements AsyncDisposable {
  readonly name = "hull";
  readonly id: string;
  readonly directory: string;
  readonly socket: string;
  readonly host: string;
  readonly dataRoot: string;
  readonly execRoot: string;
  readonly bridge: string;
  readonly cgroupParent: string;
  /** First three parts of the default bridge's addresses, for example 10.77.12. */
  readonly subnet: string;
  readonly logPath: string;
  readonly configDirectory: string;
  #options: TestEngineOptions;
  #process: Bun.Subprocess | undefined;

  private constructor(options: TestEngineOptions) {
    this.#options = options;
    this.directory = mkdtempSync(join(tmpdir(), "hull-test-"));
    this.id = this.directory.slice(-6).replaceAll(/[^A-Za-z0-9]/g, "x");
    this.socket = join(this.directory, "hull.sock");
    this.host = `unix://${this.socket}`;
    this.dataRoot = join(this.directory, "data");
    this.execRoot = join(this.directory, "exec");
    this.bridge = `ht${this.id}0`;
    this.cgroupParent = `/hull-test-${this.id}`;
    this.subnet = freeSubnet();
    this.logPath = join(this.directory, "engine.log");
    this.configDirectory = join(this.directory, "docker-config");
    mkdirSync(this.configDirectory);
  }

  static async start(options: TestEngineOptions = {}): Promise<TestEngine> {
    const engine = new TestEngine(options);
    try {
      await engine.start();
      if (options.busybox !== false) await engine.loadBusybox();
      return engine;
    } catch (error) {
      const log = engine.log();
      await engine[Symbol.asyncDispose]();
      throw new Error(`the test engine did not come up: ${error}\n${log}`, { cause: error });
    }
  }

  get wrapper(): readonly string[] {
    return this.#options.wrapper ?? [];
  }

  get pid(): number {
    if (!this.#process) throw new Error("the test engine does not run");
    return this.#process.pid;
  }

  get running(): boolean {
    return this.#process !== undefined;
  }

  flags(): string[] {
    const [, second = "0", third = "0"] = this.subnet.split(".");
    return [
      `--host=${this.host}`,
      `--data-root=${this.dataRoot}`,
      `--exec-root=${this.execRoot}`,
      `--pidfile=${join(this.directory, "engine.pid")}`,
      `--config-file=${join(this.directory, "engine.json")}`,
      `--bridge=${this.bridge}`,
      `--bip=${this.subnet}.1/24`,
      `--default-address-pool=base=10.${Number(second) + 64}.${third}.0/24,size=28`,
      `--cgroup-parent=${this.cgroupParent}`,
      "--group=root",
      ...(this.#options.flags ?? []),
      // For a whole run on another runtime: HULL_TEST_ENGINE_FLAGS="--default-runtime=runc".
      ...(process.env.HULL_TEST_ENGINE_FLAGS ?? "").split(" ").filter((flag) => flag !== ""),
    ];
  }

  async start(
    extra: { readonly env?: Readonly<Record<string, string>>; readonly flags?: readonly string[] } = {},
  ) {
    if (this.#process) throw new Error("the test engine runs already");
    const config = join(this.directory, "engine.json");
    if (!existsSync(config)) writeFileSync(config, "{}");
    const log = openSync(this.logPath, "a");
    const child = Bun.spawn(
      [
        ...(this.#options.wrapper ?? []),
        ...engineCommand(),
        "engine",
        ...this.flags(),
        ...(extra.flags ?? []),
      ],
      {
        cwd: this.directory,
        stdin: "ignore",
        stdout: log,
        stderr: log,
        // Every JSON answer is held against the API file: one that does not fit becomes a 500.
        env: { ...process.env, HULL_CHECK_ANSWERS: "1", ...this.#options.env, ...extra.env },
      },
    );
    closeSync(log);
    this.#process = child;
    void child.exited.then(() => {
      if (this.#process === child) this.#process = undefined;
    });
    await until(
      "the engine's first answer",
      () => {
        if (child.exitCode !== null || child.signalCode !== null) {
          throw new Error(`the engine ended with ${child.signalCode ?? child.exitCode}:\n${this.log()}`);
        }
        return existsSync(this.socket) && this.#pings();
      },
      30_000,
    );
  }

  async #pings(): Promise<boolean> {
    try {
      return (await this.request("GET", "/_ping")).ok;
    } catch {
      return false;
    }
  }

  /** SIGTERM, as a service manager does it; containers live on. Gives the exit code. */
  async stop(): Promise<number> {
    return this.#end("SIGTERM");
  }

  /** The engine dies on the spot; containers live on. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async #end(signal: "SIGTERM" | "SIGKILL"): Promise<number> {
    const child = this.#process;
    if (!child) return 0;
    child.kill(signal);
    const code = await Promise.race([child.exited, Bun.sleep(20_000).then(() => undefined)]);
    if (code === undefined) {
      child.kill("SIGKILL");
      await child.exited;
      throw new Error(`the engine did not end after ${signal}:\n${this.log()}`);
    }
    this.#process = undefined;
    return code;
  }

  /** Waits until the engine ended by itself (a failpoint, a refusal) and gives its exit code. */
  async ended(): Promise<number> {
    const code = await (this.#process?.exited ?? Promise.resolve(0));
    this.#process = undefined;
    return code;
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  /** The real docker program. */
  docker(...args: string[]): Promise<DockerResult> {
    return runDocker(this.host, this.configDirectory, args);
  }

  dockerWith(options: DockerOptions, ...args: string[]): Promise<DockerResult> {
    return runDocker(this.host, this.configDirectory, args, options);
  }

  /** The docker program while it runs, for talking to it. */
  spawnDocker(...args: string[]) {
    return startDocker(this.host, this.configDirectory, args);
  }

  /** `docker …` that must succeed; gives what it printed, trimmed. */
  async ok(...args: string[]): Promise<string> {
    const { code, out, err } = await this.docker(...args);
    if (code !== 0) throw new Error(`docker ${args.join(" ")}: exit code ${code}\n${out}${err}`);
    return out.trim();
  }

  /** One plain request to the API. */
  request(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const json = body !== undefined && !(body instanceof Uint8Array);
    return fetch(`http://hull${path}`, {
      method,
      keepalive: false,
      unix: this.socket,
      headers: { ...(json ? { "content-type": "application/json" } : {}), ...headers },
      ...(body === undefined
        ? {}
        : { body: json ? JSON.stringify(body) : (body as Uint8Array<ArrayBuffer>) }),
    });
  }

  async loadBusybox(): Promise<void> {
    const archive = await busyboxArchive();
    const response = await this.request("POST", "/images/load?quiet=1", archive, {
      "content-type": "application/x-tar",
    });
    const text = await response.text();
    if (!response.ok || text.includes('"error"'))
      throw new Error(`loading busybox: ${response.status} ${text}`);
  }

  log(): string {
    try {
      return readFileSync(this.logPath, "utf8");
    } catch {
      return "";
    }
  }

  #traces(): Traces {
    return {
      directory: this.directory,
      dataRoot: this.dataRoot,
      execRoot: this.execRoot,
      bridge: this.bridge,
      cgroupParent: this.cgroupParent,
      pid: this.#process?.pid,
    };
  }

  /** What there is now, for `assertNothingLeaked` later. Run one container before, to be warm. */
  footprint(): Footprint {
    return footprint(this.#traces());
  }

  async assertNothingLeaked(before: Footprint, milliseconds?: number): Promise<void> {
    await assertNothingGrown(before, this.#traces(), milliseconds);
  }

  /** Removes all containers, ends the engine and takes away what it made, even after a failed test. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      if (!this.#process && existsSync(this.dataRoot)) await this.start().catch(() => {});
      if (this.#process) await this.#removeContainers();
      await this.#end("SIGTERM").catch((error) => appendFileSync(this.logPath, `${error}\n`));
    } finally {
      this.#sweep();
    }
  }

  async #removeContainers(): Promise<void> {
    try {
      const response = await this.request("GET", "/containers/json?all=1");
      const list = (await response.json()) as { Id: string }[];
      for (const { Id } of list) await this.request("DELETE", `/containers/${Id}?force=1&v=1`);
    } catch (error) {
      appendFileSync(this.logPath, `removing containers: ${error}\n`);
    }
  }

  /** By force, for engines that did not clean up: only what carries this engine's own names. */
  #sweep(): void {
    const quietly = (...command: string[]) =>
      Bun.spawnSync(command, { stdout: "ignore", stderr: "ignore", stdin: "ignore" });
    const now = this.footprint();
    for (const line of now.processes ?? []) {
      try {
        process.kill(Number(line.split(" ")[0]), "SIGKILL");
      } catch {
        // ended by itself
      }
    }
    for (const point of [...(now.mounts ?? [])].reverse()) quietly("umount", "-l", point);
    for (const link of now.links ?? []) quietly("ip", "link", "delete", link);
    for (const group of now.cgroups ?? []) quietly("rmdir", group);
    for (const hierarchy of ["", ...readdirSync("/sys/fs/cgroup")]) {
      const parent = join("/sys/fs/cgroup", hierarchy, this.cgroupParent);
      if (existsSync(parent)) quietly("rmdir", parent);
    }
    for (const line of Bun.spawnSync(["nft", "list", "tables"]).stdout.toString().split("\n")) {
      const [, family, name] = /^table (\S+) (\S+)$/.exec(line.trim()) ?? [];
      if (family && name?.includes(this.bridge)) quietly("nft", "delete", "table", family, name);
    }
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** The built executable when the test runner names one, else the engine straight from its sources. */
export function engineCommand(): string[] {
  const executable = process.env.HULL_TEST_EXECUTABLE;
  // The executable reads no .env by itself, and neither may its sources.
  return executable ? [executable] : [process.execPath, "--no-env-file", join(root, "src/main/hull.ts")];
}

/** A /24 that no interface of this machine has. */
function freeSubnet(): string {
  const taken = Object.values(networkInterfaces())
    .flat()
    .map((address) => address?.address ?? "");
  for (;;) {
    const subnet = `10.${64 + Math.floor(Math.random() * 64)}.${Math.floor(Math.random() * 256)}`;
    if (!taken.some((address) => address.startsWith(`${subnet}.`))) return subnet;
  }
}
