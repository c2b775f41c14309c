import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { internal, invalidArgument } from "../errors/engine-error.ts";
import { span } from "../lib/trace.ts";
import type { RuntimeSpec } from "../oci/runtime-spec.ts";
import type { ContainerId } from "../records/container-record.ts";
import { oomCounterPath, procsPath, removeCgroup } from "../sys/cgroups/control.ts";
import { cgroupHierarchy, unifiedCanBeHidden } from "../sys/cgroups/hierarchy.ts";
import { warmUpCgroups } from "../sys/cgroups/warm-up.ts";
import { findProgram } from "../sys/security-modules.ts";
import { runCommand } from "../sys/spawn.ts";
import { OciCli, type RuntimeBinary } from "./oci-cli.ts";
import { endShim, OciTask, type TaskHome } from "./oci-task.ts";
import type { Runtime, Task, TaskOptions } from "./runtime.ts";
import { compiledFilter } from "./seccomp/compiled-filter.ts";
import { launchShim, type ShimConfig } from "./shim/launch.ts";
import { exitFileName } from "./shim/shim-process.ts";
import { gatherFacts } from "./spec/host-facts.ts";
import { cgroupPath, planSpec, specText } from "./spec/plan-spec.ts";
import { StateDirectories } from "./state-directory.ts";

export interface RuntimeConfig {
  readonly execRoot: string;
  readonly shimPath: string;
  /** `--add-runtime`; runc and crun are there by themselves when installed. */
  readonly runtimes?: Readonly<Record<string, RuntimeBinary>>;
  readonly defaultRuntime?: string;
}

export function createRuntime(config: RuntimeConfig): Runtime {
  return new OciRuntime(config);
}

/** The runtimes there are: what is installed, and what was configured. */
function runtimesOf(configured: RuntimeConfig["runtimes"]): Record<string, RuntimeBinary> {
  const runtimes: Record<string, RuntimeBinary> = {};
  for (const name of ["runc", "crun"]) {
    const path = findProgram(name);
    if (path) runtimes[name] = { path, args: [] };
  }
  return Object.assign(runtimes, configured);
}

/** crun starts a container in half of runc's time, with the filter compiled before in a third. */
function preferredRuntime(runtimes: Readonly<Record<string, RuntimeBinary>>): string {
  if (runtimes.crun && (!cgroupHierarchy().hybrid || unifiedCanBeHidden())) return "crun";
  if (runtimes.runc) return "runc";
  throw invalidArgument("no container runtime found: install runc or crun");
}

// trail: engine restart
class OciRuntime implements Runtime {
  #runtimes: Readonly<Record<string, RuntimeBinary>> = {};
  #defaultRuntime = "";
  readonly #home: TaskHome;

  constructor(config: RuntimeConfig) {
    this.reconfigure(config.runtimes ?? {}, config.defaultRuntime ?? "");
    this.#home = {
      directories: new StateDirectories(config.execRoot),
      runtimeRoot: join(config.execRoot, "runtime"),
      shimPath: config.shimPath,
    };
    mkdirSync(this.#home.runtimeRoot, { recursive: true, mode: 0o700 });
  }

  get runtimes(): Readonly<Record<string, RuntimeBinary>> {
    return this.#runtimes;
  }

  endFile(id: ContainerId): string {
    return join(this.#home.directories.of(id), exitFileName);
  }

  get defaultRuntime(): string {
    return this.#defaultRuntime;
  }

  reconfigure(configured: Readonly<Record<string, RuntimeBinary>>, defaultRuntime: string): void {
    const runtimes = runtimesOf(configured);
    const chosen = defaultRuntime || preferredRuntime(runtimes);
    if (!runtimes[chosen]) throw invalidArgument(`unknown or invalid runtime name: ${chosen}`);
    this.#runtimes = runtimes;
    this.#defaultRuntime = chosen;
  }

  warmUp(): void {
    warmUpCgroups();
  }

  async start(options: TaskOptions): Promise<Task> {
    const { directories } = this.#home;
    const name = options.runtime === "" ? this.defaultRuntime : options.runtime;
    const binary = this.runtimes[name];
    if (!binary) throw invalidArgument(`unknown or invalid runtime name: ${name}`);
    warmUpCgroups();
    const cli = new OciCli(binary, this.#home.runtimeRoot);
    const spec = await span("runtime.plan", () =>
      this.#withFilter(cli, options, planSpec(options, gatherFacts(options))),
    );
    const facts = { runtime: binary, cgroup: cgroupPath(options), terminal: options.config.Tty };
    const directory = directories.of(options.id);
    directories.fresh(directory);
    try {
      writeFileSync(join(directory, "config.json"), specText(spec), { mode: 0o600 });
      directories.writeFacts(options.id, facts);
      await span("runtime.shim", () => launchShim(this.#home.shimPath, directory, shimConfig(cli, options)));
    } catch (error) {
      await directories.remove(directory);
      throw error;
    }
    const task = await OciTask.find(options.id, this.#home, facts);
    if (!task) {
      await this.#remove(options.id);
      throw internal(`the shim of container ${options.id} ended before it could be reached`);
    }
    return task;
  }

  /** crun takes the compiled seccomp filter, which saves it more time than all else it does. */
  #withFilter(cli: OciCli, options: TaskOptions, spec: RuntimeSpec): RuntimeSpec {
    const filter = cli.name === "crun" && spec.linux.seccomp ? compiledFilter(spec.linux.seccomp) : undefined;
    if (!filter) return spec;
    return {
      ...spec,
      annotations: { ...options.hostConfig.Annotations, "run.oci.seccomp_bpf_data": filter },
    };
  }

  async load(id: ContainerId, _terminal: boolean): Promise<Task | undefined> {
    const { directories } = this.#home;
    const facts = directories.facts(id);
    if (!facts) return undefined;
    /* The engine before us may have died on the very moment: its shim is still to come. */
    while (directories.justLaunched(id)) {
      const task = await OciTask.find(id, this.#home, facts);
      if (task) return task;
      await Bun.sleep(10);
    }
    return await OciTask.find(id, this.#home, facts);
  }

  async repair(isWanted: (id: string) => boolean): Promise<string[]> {
    const { directories, runtimeRoot } = this.#home;
    const known = new Set([
      ...directories.list(),
      ...(existsSync(runtimeRoot) ? readdirSync(runtimeRoot) : []),
    ]);
    const unwanted = [...known].filter((id) => !isWanted(id));
    for (const id of unwanted) await this.#remove(id);
    return unwanted;
  }

  async #remove(id: string): Promise<void> {
    const { directories, runtimeRoot, shimPath } = this.#home;
    const facts = directories.facts(id);
    /* First the shim, which may be about to start it. */
    endShim(directories.of(id));
    const runtime = facts?.runtime ?? this.runtimes[this.defaultRuntime];
    if (runtime && existsSync(join(runtimeRoot, id))) {
      await runCommand(new OciCli(runtime, runtimeRoot).direct(shimPath, "delete", "--force", id));
    }
    if (facts) await removeCgroup(facts.cgroup);
    await directories.remove(join(runtimeRoot, id));
    await directories.remove(directories.of(id));
  }
}

function shimConfig(cli: OciCli, options: TaskOptions): ShimConfig {
  const { id, config, hostConfig, expectAttached, log, namespaces } = options;
  const cgroup = cgroupPath(options);
  return {
    runtimeCommand: cli.run(id, config.Tty),
    hideMount: cli.hiddenMount,
    tty: config.Tty,
    openStdin: config.OpenStdin,
    stdinOnce: config.StdinOnce,
    expectAttached,
    consoleSize: hostConfig.ConsoleSize,
    log,
    oomPath: oomCounterPath(cgroup),
    /* The processes of a pid namespace of its own die with its first. */
    killCgroup: namespaces.pid.kind === "new" ? undefined : procsPath(cgroup),
  };
}
