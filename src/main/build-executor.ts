import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BuildProcess, Executor, ProcessMount } from "../build/executor.ts";
import type { EngineContext } from "../engine/context.ts";
import { cancelled, messageOf } from "../errors/engine-error.ts";
import { failpoint } from "../lib/failpoint.ts";
import { log } from "../lib/log.ts";
import { span } from "../lib/trace.ts";
import { hostNetworkHostsFile, hostsFile } from "../network/hosts-file.ts";
import { resolvConf } from "../network/resolv-conf.ts";
import { FrameDecoder } from "../protocol/stream-frames.ts";
import type { ContainerConfig } from "../records/container-config.ts";
import type { ContainerId } from "../records/container-record.ts";
import type { AttachStream, RuntimeMount, Task, TaskOptions } from "../runtime/runtime.ts";
import { startFailureOf } from "../runtime/start-failure.ts";
import { hostResolvConf, reachableResolvConf } from "../sys/host-resolv-conf.ts";
import { BuildNetworks, type NetworkLease } from "./build-networks.ts";
import { stepHostConfig } from "./build-step-config.ts";

type Context = Pick<EngineContext, "runtime" | "networking" | "records" | "settings">;

/** As with BuildKit: programs write it into what they make, so it must not differ from step to step. */
const hostname = "buildkitsandbox";

/**
 * Runs build steps as containers without a record: a network namespace out of a pool, one call of
 * the runtime, nothing on the disk. After an engine's death the next one's repair of runtime and
 * networks finds ids that no container has, and takes them away.
 */
// trail: build RUN
export class ContainerExecutor implements Executor {
  readonly #context: Context;
  readonly #directory: string;
  readonly networks: BuildNetworks;

  constructor(context: Context, runDirectory: string) {
    this.#context = context;
    this.#directory = join(runDirectory, "steps");
    this.networks = new BuildNetworks(context);
    // Of steps that an engine before this one was killed in.
    rmSync(this.#directory, { recursive: true, force: true });
    mkdirSync(this.#directory, { recursive: true, mode: 0o711 });
  }

  async run(process: BuildProcess, signal: AbortSignal): Promise<number> {
    if (signal.aborted) throw cancelled("the step was cancelled", signal.reason);
    const id = `build-${crypto.randomUUID()}` as ContainerId;
    await using undo = new AsyncDisposableStack();
    const lease = await span("run.network", () => this.networks.acquire(process.network));
    // A process with all capabilities may have changed it.
    undo.defer(() => lease.release({ reuse: !process.insecure }));
    const files = join(this.#directory, id);
    mkdirSync(files, { mode: 0o711 });
    undo.defer(() => rmSync(files, { recursive: true, force: true }));
    const own = this.#ownFiles(process, lease, files);
    await failpoint("build.run");
    try {
      const task = await span("run.shim", () =>
        this.#context.runtime.start(this.#taskOptions(id, process, lease, own)),
      );
      undo.defer(() => task.delete());
      return await span("run.process", () => follow(task, process, signal));
    } catch (error) {
      return refusedProgram(error, process);
    }
  }

  /** Nothing is built any more: takes back what was kept ready for the next step. */
  async close(): Promise<void> {
    await this.networks.close();
  }

  #ownFiles({ hosts, network }: BuildProcess, lease: NetworkLease, directory: string): RuntimeMount[] {
    const { settings } = this.#context;
    const extraHosts = hosts.map(({ name, address }) => `${name}:${address}`);
    const hostGateway = settings.hostGatewayAddresses[0] ?? lease.gateway ?? "127.0.0.1";
    const isHost = network === "host";
    const hostsText = isHost
      ? hostNetworkHostsFile(readFileSync("/etc/hosts", "utf8"), extraHosts, hostGateway)
      : hostsFile({
          hostname,
          domainname: "",
          addresses: lease.addresses,
          extraHosts,
          hostGateway,
          links: [],
        });
    const resolvText = resolvConf({
      kind: isHost ? "host" : "plain",
      host: isHost ? hostResolvConf() : reachableResolvConf(),
      servers: settings.dns,
      search: settings.dnsSearch,
      options: settings.dnsOptions,
      ipv6: lease.addresses.some((address) => address.includes(":")),
    });
    return [
      ["hosts", hostsText],
      ["resolv.conf", resolvText],
    ].map(([name = "", text = ""]) => {
      const source = join(directory, name);
      writeFileSync(source, text, { mode: 0o644 });
      return { destination: `/etc/${name}`, type: "bind", source, options: ["rbind", "rprivate"] };
    });
  }

  #taskOptions(
    id: ContainerId,
    process: BuildProcess,
    lease: NetworkLease,
    own: readonly RuntimeMount[],
  ): TaskOptions {
    const { settings } = this.#context;
    const { terminal } = process;
    return {
      id,
      config: stepConfig(process),
      hostConfig: stepHostConfig(process, settings),
      command: process.command,
      env: process.env,
      rootfs: process.rootfs,
      mounts: sorted([...own, ...process.mounts.map(runtimeMount)]),
      hostname,
      namespaces: {
        network: lease.namespace,
        pid: { kind: "new" },
        ipc: { kind: "new" },
        uts: { kind: "new" },
        cgroup: { kind: "new" },
      },
      runtime: "",
      log: { driver: "none", path: "", maxBytes: 0, maxFiles: 0, compress: false, attrs: "" },
      expectAttached: 1,
      init: false,
      defaultUlimits: settings.defaultUlimits,
      warn: (message) => (terminal ? undefined : log.debug(message, { step: id })),
    };
  }
}

/** A program that is not there is the command's failure, said in its output, with the shell's codes. */
function refusedProgram(error: unknown, { onOutput }: BuildProcess): number {
  const failure = startFailureOf(error);
  if (failure?.exitCode !== 126 && failure?.exitCode !== 127) throw error;
  onOutput(2, Buffer.from(`${failure.diagnosis ?? messageOf(error)}\n`));
  return failure.exitCode;
}

async function follow(task: Task, process: BuildProcess, signal: AbortSignal): Promise<number> {
  const { terminal } = process;
  const stream = await task.attach({ stdin: terminal !== undefined, stdout: true, stderr: true });
  const kill = () => task.signal(9);
  signal.addEventListener("abort", kill, { once: true });
  try {
    if (terminal) feed(stream, task, terminal);
    const read = readOutput(stream, process);
    // It is waited for below; a start that fails first must not leave it unheard.
    read.catch(() => {});
    await task.started;
    if (signal.aborted) kill();
    const [{ code }] = await Promise.all([task.exited, read]);
    if (signal.aborted) throw cancelled("the step was cancelled", signal.reason);
    return code;
  } finally {
    signal.removeEventListener("abort", kill);
    stream.close();
  }
}

async function readOutput(stream: AttachStream, { onOutput, terminal }: BuildProcess): Promise<void> {
  const decoder = new FrameDecoder();
  for await (const chunk of stream.output) {
    if (terminal) {
      onOutput(1, new Uint8Array(chunk));
      continue;
    }
    // Copied: a chunk's memory is used again, and output is kept for those who join later.
    for (const { stream: name, payload } of decoder.push(chunk))
      onOutput(name === "stderr" ? 2 : 1, new Uint8Array(payload));
  }
}

/** Keys and sizes go in until the process ends; whoever gave them stops by itself then. */
function feed(stream: AttachStream, task: Task, terminal: NonNullable<BuildProcess["terminal"]>): void {
  const quietly = (work: Promise<void>) =>
    work.catch((error) => log.debug(`terminal of a build step: ${messageOf(error)}`));
  void quietly(
    (async () => {
      await task.started;
      if (terminal.size) await task.resize(...terminal.size);
      for await (const size of terminal.resizes) await task.resize(...size);
    })(),
  );
  void quietly(
    (async () => {
      for await (const bytes of terminal.input) await stream.write(bytes);
      stream.closeStdin();
    })(),
  );
}

function stepConfig({ user, workingDirectory, terminal, env, command }: BuildProcess): ContainerConfig {
  const isInteractive = terminal !== undefined;
  return {
    Hostname: hostname,
    Domainname: "",
    User: user,
    AttachStdin: isInteractive,
    AttachStdout: true,
    AttachStderr: true,
    Tty: isInteractive,
    OpenStdin: isInteractive,
    StdinOnce: isInteractive,
    Env: env,
    Cmd: command,
    Image: "",
    Volumes: null,
    WorkingDir: workingDirectory,
    Entrypoint: null,
    OnBuild: null,
    Labels: {},
  };
}

function runtimeMount({ type, target, source, readonly, size }: ProcessMount): RuntimeMount {
  const access = readonly ? "ro" : "rw";
  if (type === "bind")
    return { destination: target, type, source: source ?? "", options: ["rbind", "rprivate", access] };
  const limits = size === undefined || size === 0 ? [] : [`size=${size}`];
  return { destination: target, type, source: "tmpfs", options: ["nosuid", "nodev", access, ...limits] };
}

/** Parents before what lies in them. */
function sorted(mounts: readonly RuntimeMount[]): RuntimeMount[] {
  const depth = ({ destination }: RuntimeMount) => destination.split("/").filter(Boolean).length;
  return [...mounts].sort((left, right) => depth(left) - depth(right));
}
