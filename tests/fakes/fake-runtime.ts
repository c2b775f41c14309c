import { conflict, invalidArgument } from "../../src/errors/engine-error.ts";
import type { HostConfig } from "../../src/records/container-config.ts";
import type { ContainerId } from "../../src/records/container-record.ts";
import type {
  AttachOptions,
  AttachStream,
  ExecOptions,
  ExitStatus,
  RunningProcess,
  Runtime,
  Task,
  TaskOptions,
  TaskStats,
} from "../../src/runtime/runtime.ts";

/** What a scripted process does. Anything left out is nothing, and the process runs until told. */
export interface Script {
  readonly stdout?: string;
  readonly stderr?: string;
  /** Ends by itself with this code once somebody may have attached. */
  readonly exitCode?: number;
  /** The runtime refuses to start it. */
  readonly startError?: Error;
  /** Gives stdin back on stdout until it ends. */
  readonly echo?: boolean;
}

export type Programme = (command: readonly string[]) => Script;

/** `echo` and `cat` do what they say, `false` fails, `exit N` ends with N, anything else runs on. */
export const simpleProgramme: Programme = ([name, ...args]) => {
  switch (name) {
    case "true":
      return { exitCode: 0 };
    case "false":
      return { exitCode: 1 };
    case "echo":
      return { stdout: `${args.join(" ")}\n`, exitCode: 0 };
    case "exit":
      return { exitCode: Number(args[0] ?? 0) };
    case "cat":
      return { echo: true };
    default:
      return {};
  }
};

/** A Runtime without kernel and files, for tests of what stands on it. Calls are recorded. */
export class FakeRuntime implements Runtime {
  runtimes: Runtime["runtimes"] = { runc: { path: "/usr/bin/runc", args: [] } };
  defaultRuntime = "runc";
  readonly tasks = new Map<string, FakeTask>();
  readonly calls: string[] = [];
  readonly #programme: Programme;
  #nextPid = 1000;

  constructor(programme: Programme = simpleProgramme) {
    this.#programme = programme;
  }

  endFile(id: string): string {
    return `/nowhere/${id}/exit`;
  }

  warmUp(): void {
    this.calls.push("warm up");
  }

  reconfigure(runtimes: Runtime["runtimes"], defaultRuntime: string): void {
    this.runtimes = { ...this.runtimes, ...runtimes };
    this.defaultRuntime = defaultRuntime || this.defaultRuntime;
  }

  async start(options: TaskOptions): Promise<Task> {
    this.calls.push(`start ${options.id}`);
    if (options.runtime !== "" && !(options.runtime in this.runtimes)) {
      throw invalidArgument(`unknown or invalid runtime name: ${options.runtime}`);
    }
    const task = new FakeTask(options, this.#programme, () => this.#nextPid++, this);
    this.tasks.set(options.id, task);
    return task;
  }

  async load(id: ContainerId): Promise<Task | undefined> {
    return this.tasks.get(id);
  }

  async repair(isWanted: (id: string) => boolean): Promise<string[]> {
    const gone = [...this.tasks.keys()].filter((id) => !isWanted(id));
    for (const id of gone) await this.tasks.get(id)?.delete();
    return gone;
  }
}

class FakeProcess implements RunningProcess {
  readonly pid: number;
  readonly started: Promise<void>;
  readonly exited: Promise<ExitStatus>;
  readonly size: [number, number] = [0, 0];
  readonly #script: Script;
  readonly #terminal: boolean;
  readonly #stdinOnce: boolean;
  readonly #expect: number;
  readonly #exit = Promise.withResolvers<ExitStatus>();
  readonly #streams = new Set<ReadableStreamDefaultController<Uint8Array>>();
  #attached = 0;
  #over = false;

  constructor(script: Script, pid: number, shape: { terminal: boolean; stdinOnce: boolean; expect: number }) {
    this.#script = script;
    this.pid = pid;
    this.#terminal = shape.terminal;
    this.#stdinOnce = shape.stdinOnce;
    this.#expect = shape.expect;
    this.exited = this.#exit.promise;
    this.started = script.startError ? Promise.reject(script.startError) : Promise.resolve();
    this.started.catch(() => this.finish(127));
    if (!script.startError && shape.expect === 0) queueMicrotask(() => this.#play());
  }

  #play(): void {
    if (this.#script.stdout) this.#emit(1, Buffer.from(this.#script.stdout));
    if (this.#script.stderr) this.#emit(2, Buffer.from(this.#script.stderr));
    if (this.#script.exitCode !== undefined) this.finish(this.#script.exitCode);
  }

  #emit(stream: number, bytes: Uint8Array): void {
    const header = Buffer.alloc(8);
    header[0] = stream;
    header.writeUInt32BE(bytes.length, 4);
    for (const controller of this.#streams) {
      controller.enqueue(this.#terminal ? bytes : Buffer.concat([header, bytes]));
    }
  }

  /** Ends the process, as a test decides. */
  finish(code: number, change: Partial<ExitStatus> = {}): void {
    if (this.#over) return;
    this.#over = true;
    for (const controller of this.#streams) controller.close();
    this.#streams.clear();
    const finishedAt = new Date().toISOString().replace("Z", "000000Z");
    this.#exit.resolve({ code, oomKilled: false, finishedAt, ...change });
  }

  get finished(): boolean {
    return this.#over;
  }

  async attach(options: AttachOptions): Promise<AttachStream> {
    let own: ReadableStreamDefaultController<Uint8Array> | undefined;
    const output = new ReadableStream<Uint8Array>({
      start: (controller) => {
        own = controller;
        if (this.#over) controller.close();
        else this.#streams.add(controller);
      },
    });
    this.#attached++;
    if (this.#attached === this.#expect && !this.#script.startError) queueMicrotask(() => this.#play());
    const inputOver = () => {
      if (options.stdin && this.#stdinOnce && this.#script.echo) this.finish(0);
    };
    return {
      output,
      write: async (stdin) => {
        if (options.stdin && this.#script.echo && !this.#over) this.#emit(1, stdin);
      },
      closeStdin: inputOver,
      close: () => {
        if (own && this.#streams.delete(own)) own.close();
        inputOver();
      },
    };
  }

  async resize(height: number, width: number): Promise<void> {
    this.size[0] = height;
    this.size[1] = width;
  }

  signal(signal: number): void {
    if (signal !== 0 && signal !== 28) this.finish(128 + signal, { signal });
  }
}

export class FakeTask extends FakeProcess implements Task {
  readonly id: ContainerId;
  readonly terminal: boolean;
  readonly execs = new Map<string, FakeProcess>();
  paused = false;
  limits: HostConfig;
  readonly #options: TaskOptions;
  readonly #programme: Programme;
  readonly #pids: () => number;
  readonly #runtime: FakeRuntime;

  constructor(options: TaskOptions, programme: Programme, pids: () => number, runtime: FakeRuntime) {
    super(programme(options.command), pids(), {
      terminal: options.config.Tty,
      stdinOnce: options.config.StdinOnce,
      expect: options.expectAttached,
    });
    this.id = options.id;
    this.terminal = options.config.Tty;
    this.limits = options.hostConfig;
    this.#options = options;
    this.#programme = programme;
    this.#pids = pids;
    this.#runtime = runtime;
  }

  async pause(): Promise<void> {
    this.paused = true;
  }

  async resume(): Promise<void> {
    this.paused = false;
  }

  async update(limits: HostConfig): Promise<void> {
    this.limits = limits;
  }

  async pids(): Promise<number[]> {
    return this.finished ? [] : [this.pid];
  }

  async stats(): Promise<TaskStats> {
    return {
      read: new Date().toISOString().replace("Z", "000000Z"),
      cpu: { totalNs: 1e9, userNs: 6e8, systemNs: 4e8, periods: 0, throttledPeriods: 0, throttledNs: 0 },
      memory: {
        usage: 1 << 20,
        maxUsage: 2 << 20,
        limit: this.#options.hostConfig.Memory,
        detail: { cache: 4096 },
      },
      pids: { current: 1 },
      blkio: { serviceBytes: [], serviced: [] },
      cgroupVersion: 1,
    };
  }

  async exec(id: string, options: ExecOptions): Promise<RunningProcess> {
    this.#runtime.calls.push(`exec ${this.id} ${id}`);
    if (this.finished) throw conflict(`Container ${this.id} is not running`);
    const script = this.#programme(options.config.command);
    if (script.startError) throw script.startError;
    const shape = { terminal: options.config.tty, stdinOnce: true, expect: options.expectAttached };
    const process = new FakeProcess(script, this.#pids(), shape);
    this.execs.set(id, process);
    return process;
  }

  async loadExec(id: string): Promise<RunningProcess | undefined> {
    return this.execs.get(id);
  }

  async delete(): Promise<void> {
    this.#runtime.calls.push(`delete ${this.id}`);
    this.finish(137, { signal: 9 });
    for (const exec of this.execs.values()) exec.finish(137, { signal: 9 });
    this.#runtime.tasks.delete(this.id);
  }
}
