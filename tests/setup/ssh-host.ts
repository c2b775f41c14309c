import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { engineCommand } from "./test-engine.ts";
import { until } from "./until.ts";

export const sshd = Bun.which("sshd") ?? Bun.which("sshd", { PATH: "/usr/sbin:/sbin" });

function run(...command: string[]): string {
  const done = Bun.spawnSync(command, { stdout: "pipe", stderr: "pipe" });
  if (done.exitCode !== 0) throw new Error(`${command.join(" ")}: ${done.stderr}`);
  return done.stdout.toString();
}

/**
 * A machine with OpenSSH's server: a network namespace of its own behind a veth pair, port 22
 * and an odd one, keys only. What may be run there lies in a folder that is all of its PATH.
 */
export class SshHost implements AsyncDisposable {
  readonly directory = mkdtempSync(join(tmpdir(), "hull-sshd-"));
  readonly address: string;
  readonly namespace: string;
  /** A home with key, known hosts and configuration; HOME of the clients. */
  readonly home = join(this.directory, "home");
  readonly bin = join(this.directory, "bin");
  readonly odd = 2222;
  #servers: Bun.Subprocess[] = [];
  readonly #link: string;

  private constructor() {
    const id = this.directory.slice(-6);
    const [a, b] = [Math.floor(Math.random() * 250) + 1, Math.floor(Math.random() * 62) * 4];
    this.namespace = `hull-ssh-${id}`;
    this.#link = `hs${id}`;
    this.address = `10.211.${a}.${b + 2}`;
    run("ip", "netns", "add", this.namespace);
    run("ip", "link", "add", this.#link, "type", "veth", "peer", "name", "eth0", "netns", this.namespace);
    run("ip", "addr", "add", `10.211.${a}.${b + 1}/30`, "dev", this.#link);
    run("ip", "link", "set", this.#link, "up");
    run("ip", "-n", this.namespace, "addr", "add", `${this.address}/30`, "dev", "eth0");
    run("ip", "-n", this.namespace, "link", "set", "eth0", "up");
    run("ip", "-n", this.namespace, "link", "set", "lo", "up");
  }

  /** `environment`: what programs over there find in theirs, such as DOCKER_HOST. */
  static async start(environment: Readonly<Record<string, string>>): Promise<SshHost> {
    const host = new SshHost();
    try {
      host.#prepare(environment);
      await host.listen();
      return host;
    } catch (error) {
      await host[Symbol.asyncDispose]();
      throw error;
    }
  }

  #prepare(environment: Readonly<Record<string, string>>): void {
    const { directory, home, bin } = this;
    chmodSync(directory, 0o755);
    mkdirSync(join(home, ".ssh"), { recursive: true, mode: 0o700 });
    mkdirSync(bin);
    mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
    for (const tool of ["sh", "sleep", "cat"]) symlinkSync(Bun.which(tool) ?? "", join(bin, tool));
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", join(directory, "host_key"));
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", join(home, ".ssh/id_ed25519"));
    copyFileSync(join(home, ".ssh/id_ed25519.pub"), join(directory, "authorized_keys"));
    const key = readFileSync(join(directory, "host_key.pub"), "utf8").split(" ").slice(0, 2).join(" ");
    const names = [this.address, `[${this.address}]:${this.odd}`];
    writeFileSync(join(home, ".ssh/known_hosts"), names.map((name) => `${name} ${key}\n`).join(""));
    // The programs find their home in the password file, not in HOME: the tests name the files.
    writeFileSync(
      join(bin, "ssh"),
      `#!/bin/sh\nexec ${Bun.which("ssh")} -F ${join(home, ".ssh/config")} "$@"\n`,
      { mode: 0o755 },
    );
    writeFileSync(
      join(home, ".ssh/config"),
      `IdentityFile ${home}/.ssh/id_ed25519\nIdentitiesOnly yes\nUserKnownHostsFile ${home}/.ssh/known_hosts\nBatchMode yes\n`,
    );
    const set = Object.entries({ PATH: bin, ...environment }).map(([name, value]) => `${name}=${value}`);
    writeFileSync(
      join(directory, "sshd_config"),
      [
        "Port 22",
        `Port ${this.odd}`,
        `HostKey ${directory}/host_key`,
        `AuthorizedKeysFile ${directory}/authorized_keys`,
        `PidFile none`,
        "PasswordAuthentication no",
        "KbdInteractiveAuthentication no",
        "PermitRootLogin prohibit-password",
        "StrictModes no",
        "UsePAM no",
        `SetEnv ${set.join(" ")}`,
        "",
      ].join("\n"),
    );
    chownSync(directory, 0, 0);
  }

  async listen(): Promise<void> {
    const command = [
      "ip",
      "netns",
      "exec",
      this.namespace,
      sshd ?? "",
      "-D",
      "-e",
      "-f",
      join(this.directory, "sshd_config"),
    ];
    const server = Bun.spawn(command, {
      stdin: "ignore",
      stdout: "ignore",
      stderr: Bun.file(join(this.directory, "log")),
    });
    this.#servers.push(server);
    await until("sshd listens", async () => {
      try {
        const probe = await Bun.connect({ hostname: this.address, port: this.odd, socket: { data() {} } });
        probe.terminate();
        return true;
      } catch {
        return false;
      }
    });
  }

  /** Ends the server and every session of it, as a machine that went away; not those to `spare`. */
  async drop(spare: readonly number[] = []): Promise<void> {
    for (const server of this.#servers.splice(0)) {
      const sessions = run("ip", "netns", "pids", this.namespace).split("\n").filter(Boolean).map(Number);
      server.kill("SIGKILL");
      for (const pid of sessions.filter((pid) => !spare.includes(pid))) {
        try {
          process.kill(pid, "SIGKILL");
        } catch {
          // Ended by itself.
        }
      }
      await server.exited;
    }
  }

  /** Puts a program where commands that come over ssh find it. */
  install(name: string, target = engineCommand()): void {
    const path = join(this.bin, name);
    rmSync(path, { force: true });
    const [program = "", ...rest] = target;
    if (rest.length === 0) symlinkSync(program, path);
    else writeFileSync(path, `#!/bin/sh\nexec ${[program, ...rest].join(" ")} "$@"\n`, { mode: 0o755 });
  }

  uninstall(name: string): void {
    rmSync(join(this.bin, name), { force: true });
  }

  /** For a client: our ssh in front, and a home without anybody's configuration. */
  get environment(): Record<string, string> {
    return { PATH: `${this.bin}:${process.env.PATH ?? ""}`, HOME: this.home, SSH_AUTH_SOCK: "" };
  }

  url(port?: number, socket = ""): string {
    return `ssh://root@${this.address}${port === undefined ? "" : `:${port}`}${socket}`;
  }

  log(): string {
    return readFileSync(join(this.directory, "log"), "utf8");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.drop();
    Bun.spawnSync(["ip", "netns", "del", this.namespace]);
    Bun.spawnSync(["ip", "link", "del", this.#link]);
    rmSync(this.directory, { recursive: true, force: true });
  }
}
