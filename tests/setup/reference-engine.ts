import { mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { busyboxArchive } from "./busybox-archive.ts";
import { type DockerOptions, runDocker, startDocker } from "./docker-cli.ts";
import type { EngineUnderTest } from "./engine-under-test.ts";
import { until } from "./until.ts";

/** A network namespace of its own: bridges and firewall rules of the machine stay untouched. */
export function makeNetworkNamespace(name: string): { wrapper: string[]; remove: () => void } {
  const run = (...command: string[]) => {
    const result = Bun.spawnSync(command, { stderr: "pipe" });
    if (result.exitCode !== 0) throw new Error(`${command.join(" ")}: ${result.stderr.toString().trim()}`);
  };
  run("ip", "netns", "add", name);
  // `ip netns exec` would mount /sys anew and lose the cgroups: enter the namespace only.
  const wrapper = ["nsenter", `--net=/run/netns/${name}`];
  run(...wrapper, "ip", "link", "set", "lo", "up");
  return { wrapper, remove: () => void Bun.spawnSync(["ip", "netns", "delete", name]) };
}

/** dockerd with socket, folders and network namespace of its own. */
export class ReferenceEngine implements EngineUnderTest {
  readonly name = "dockerd";
  readonly directory = mkdtempSync(join(tmpdir(), "hull-reference-"));
  readonly host = `unix://${join(this.directory, "docker.sock")}`;
  readonly configDirectory = join(this.directory, "config");
  readonly #program: string;
  readonly wrapper: readonly string[];
  #process: Bun.Subprocess | undefined;

  readonly #afterwards: (() => void) | undefined;

  constructor(program: string, wrapper: readonly string[], afterwards?: () => void) {
    this.#program = program;
    this.wrapper = wrapper;
    this.#afterwards = afterwards;
    mkdirSync(this.configDirectory);
    writeFileSync(join(this.directory, "engine.json"), `{"live-restore": true}`);
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  async start(): Promise<void> {
    const path = (name: string) => join(this.directory, name);
    const log = openSync(path("log"), "a");
    const child = Bun.spawn(
      [
        ...this.wrapper,
        this.#program,
        `--host=${this.host}`,
        `--data-root=${path("data")}`,
        `--exec-root=${path("exec")}`,
        `--pidfile=${path("pid")}`,
        "--bip=10.61.0.1/16",
        "--group=root",
        // Not the machine's own configuration of dockerd.
        `--config-file=${path("engine.json")}`,
      ],
      { stdin: "ignore", stdout: log, stderr: log },
    );
    this.#process = child;
    await until(
      "dockerd's first answer",
      async () => {
        if (child.exitCode !== null) throw new Error(`dockerd ended:\n${readFileSync(path("log"), "utf8")}`);
        return pings(path("docker.sock"));
      },
      60_000,
    );
  }

  docker(...args: string[]) {
    return this.dockerWith({}, ...args);
  }

  dockerWith(options: DockerOptions, ...args: string[]) {
    return runDocker(this.host, this.configDirectory, args, { timeout: 300_000, ...options });
  }

  spawnDocker(...args: string[]) {
    return startDocker(this.host, this.configDirectory, args);
  }

  async ok(...args: string[]): Promise<string> {
    const { code, out, err } = await this.docker(...args);
    if (code !== 0) throw new Error(`docker ${args.join(" ")}: exit code ${code}\n${out}${err}`);
    return out.trim();
  }

  request(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(`http://engine${path}`, {
      method,
      unix: join(this.directory, "docker.sock"),
      ...(body === undefined
        ? {}
        : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
  }

  log(): string {
    return readFileSync(join(this.directory, "log"), "utf8");
  }

  async loadBusybox(): Promise<void> {
    const archive = await busyboxArchive();
    const { code, err } = await runDocker(this.host, this.configDirectory, ["load"], { stdin: archive });
    if (code !== 0) throw new Error(`loading busybox into dockerd: ${err}`);
  }

  async stop(): Promise<number> {
    return this.#end("SIGTERM");
  }

  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async #end(signal: "SIGTERM" | "SIGKILL"): Promise<number> {
    this.#process?.kill(signal);
    const code = (await this.#process?.exited) ?? 0;
    this.#process = undefined;
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#process) await this.start();
    const { out } = await this.docker("ps", "-aq");
    const ids = out.split("\n").filter((id) => id !== "");
    if (ids.length > 0) await this.docker("rm", "-f", "-v", ...ids);
    await this.stop();
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      const command = await Bun.file(`/proc/${pid}/cmdline`)
        .text()
        .catch(() => "");
      if (command.includes(this.directory)) process.kill(Number(pid), "SIGKILL");
    }
    const mountinfo = readFileSync("/proc/self/mountinfo", "utf8");
    for (const line of mountinfo.split("\n").reverse()) {
      const point = line.split(" ")[4] ?? "";
      if (point.startsWith(this.directory)) Bun.spawnSync(["umount", "-l", point]);
    }
    rmSync(this.directory, { recursive: true, force: true });
    this.#afterwards?.();
  }
}

export async function pings(socket: string): Promise<boolean> {
  try {
    return (await fetch("http://engine/_ping", { unix: socket })).ok;
  } catch {
    return false;
  }
}
