import { writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { conflict, internal } from "../errors/engine-error.ts";
import type { HostConfig } from "../records/container-config.ts";
import type { ContainerId } from "../records/container-record.ts";
import { cgroupPids, removeCgroup, removePidsLimit, setFreezer } from "../sys/cgroups/control.ts";
import { cgroupFeatures } from "../sys/cgroups/features.ts";
import { cgroupStats } from "../sys/cgroups/stats.ts";
import { warmUpCgroups } from "../sys/cgroups/warm-up.ts";
import { deviceNumber } from "../sys/devices.ts";
import { commandLine, killProcess } from "../sys/processes.ts";
import { runCommand } from "../sys/spawn.ts";
import { diagnoseStart } from "./diagnose-start.ts";
import { planExec } from "./exec-process.ts";
import { OciCli } from "./oci-cli.ts";
import type { ExecOptions, RunningProcess, Task, TaskStats } from "./runtime.ts";
import { launchShim } from "./shim/launch.ts";
import { type ExplainFailure, ShimProcess } from "./shim/shim-process.ts";
import { hostCapabilities, readAccounts } from "./spec/host-facts.ts";
import { specText } from "./spec/plan-spec.ts";
import { planResources } from "./spec/resources.ts";
import { runtimeMessage, startError } from "./start-failure.ts";
import { type StateDirectories, shimPid, type TaskFacts } from "./state-directory.ts";

export interface TaskHome {
  readonly directories: StateDirectories;
  readonly runtimeRoot: string;
  readonly shimPath: string;
}

/** A container behind its shim. */
// trail: exec -it
export class OciTask extends ShimProcess implements Task {
  readonly id: ContainerId;
  readonly terminal: boolean;
  readonly #home: TaskHome;
  readonly #facts: TaskFacts;
  readonly #cli: OciCli;

  private constructor(id: ContainerId, home: TaskHome, facts: TaskFacts) {
    super(home.directories.of(id), explainCreate(new OciCli(facts.runtime, home.runtimeRoot).name, id, home));
    this.id = id;
    this.terminal = facts.terminal;
    this.#home = home;
    this.#facts = facts;
    this.#cli = new OciCli(facts.runtime, home.runtimeRoot);
  }

  /** Undefined when neither a shim nor its exit file is there. */
  static async find(id: ContainerId, home: TaskHome, facts: TaskFacts): Promise<OciTask | undefined> {
    const task = new OciTask(id, home, facts);
    return (await task.connect()) ? task : undefined;
  }

  async pause(): Promise<void> {
    if (await setFreezer(this.#facts.cgroup, "frozen")) return;
    await this.#runtimeDoes("pause", this.id);
  }

  async resume(): Promise<void> {
    if (await setFreezer(this.#facts.cgroup, "thawed")) return;
    await this.#runtimeDoes("resume", this.id);
  }

  async update(limits: HostConfig): Promise<void> {
    const warn = (message: string) => {
      throw conflict(message);
    };
    const features = cgroupFeatures();
    const { devices: _, ...resources } = planResources(limits, [], features, deviceNumber, warn);
    const command = this.#cli.direct(this.#home.shimPath, "update", "--resources", "-", this.id);
    const result = await runCommand(command, { stdin: JSON.stringify(resources) });
    if (result.code !== 0) throw internal(`Cannot update container ${this.id}: ${lastLine(result.stderr)}`);
    /* Left out means left alone, and crun 1.8 has no word for a limit that is taken away. */
    if (features.pids && resources.pids === undefined) removePidsLimit(this.#facts.cgroup);
  }

  async pids(): Promise<number[]> {
    return cgroupPids(this.#facts.cgroup);
  }

  async stats(): Promise<TaskStats> {
    return { read: new Date().toISOString().replace("Z", "000000Z"), ...cgroupStats(this.#facts.cgroup) };
  }

  async exec(id: string, options: ExecOptions): Promise<RunningProcess> {
    const spec = this.#home.directories.spec(this.id);
    if (!spec || this.finished) throw conflict(`Container ${this.id} is not running`);
    warmUpCgroups();
    const directory = this.#home.directories.ofExec(this.id, id);
    const process = planExec(options, spec, readAccounts(options.rootfs), hostCapabilities());
    this.#home.directories.fresh(directory);
    try {
      writeFileSync(join(directory, "process.json"), specText(process), { mode: 0o600 });
      await launchShim(this.#home.shimPath, directory, {
        runtimeCommand: this.#cli.exec(this.id, options.config.tty),
        tty: options.config.tty,
        openStdin: options.config.attachStdin,
        stdinOnce: true,
        expectAttached: options.expectAttached,
        consoleSize: options.consoleSize ?? [0, 0],
        log: undefined,
        hideMount: this.#cli.hiddenMount,
      });
    } catch (error) {
      await this.#home.directories.remove(directory);
      throw error;
    }
    const running = await ShimProcess.open(
      directory,
      explainExec(this.#cli.name, options.config.command[0] ?? ""),
    );
    if (!running) throw internal(`the shim of exec ${id} ended before it could be reached`);
    await running.started;
    void running.exited.then(() => this.#home.directories.remove(directory));
    return running;
  }

  async loadExec(id: string, _terminal: boolean): Promise<RunningProcess | undefined> {
    return await ShimProcess.open(
      this.#home.directories.ofExec(this.id, id),
      explainExec(this.#cli.name, ""),
    );
  }

  /**
   * What `runc delete` does for a container without hooks, without starting it: kill
   * what is left, remove its cgroups, forget its state.
   */
  async delete(): Promise<void> {
    if (!this.finished) {
      this.signal(9);
      if (this.pid > 0) killProcess(this.pid, 9);
    }
    const clean = this.#cli.isKnown && (await removeCgroup(this.#facts.cgroup));
    if (clean) await rm(join(this.#home.runtimeRoot, this.id), { recursive: true, force: true });
    else await runCommand(this.#cli.direct(this.#home.shimPath, "delete", "--force", this.id));
    if (!this.finished) endShim(this.directory);
    await this.#home.directories.remove(this.directory);
  }

  async #runtimeDoes(...words: readonly string[]): Promise<void> {
    const result = await runCommand(this.#cli.direct(this.#home.shimPath, ...words));
    if (result.code !== 0) {
      throw internal(
        `Cannot ${words[0]} container ${this.id}: ${this.#cli.name}: ${lastLine(result.stderr)}`,
      );
    }
  }
}

/** A shim whose process is gone ends by itself; one that hangs in a runtime call does not. */
export function endShim(directory: string): void {
  const pid = shimPid(directory, commandLine);
  if (pid !== undefined) killProcess(pid, 9);
}

const lastLine = (text: string) => text.trim().split("\n").at(-1) ?? "";

function explainCreate(runtimeName: string, id: string, home: TaskHome): ExplainFailure {
  return (directory) => {
    const spec = home.directories.spec(id);
    const diagnosis =
      spec &&
      diagnoseStart({
        mounts: spec.mounts,
        rootfs: spec.root.path,
        command: spec.process.args,
        env: spec.process.env,
        cwd: spec.process.cwd,
      });
    return startError(
      "create",
      runtimeName,
      runtimeMessage(directory),
      spec?.process.args[0] ?? "",
      diagnosis,
    );
  };
}

function explainExec(runtimeName: string, program: string): ExplainFailure {
  return (directory) => startError("exec", runtimeName, runtimeMessage(directory), program, undefined);
}
