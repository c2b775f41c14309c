import type { ContainerConfig, HostConfig } from "../records/container-config.ts";
import type { ContainerId } from "../records/container-record.ts";
import type { ExecConfig } from "../records/exec-record.ts";

export interface ExitStatus {
  /** The exit code, 128 + n for a process that signal n ended. */
  readonly code: number;
  readonly signal?: number;
  readonly oomKilled: boolean;
  /** RFC 3339 with nanoseconds. */
  readonly finishedAt: string;
}

/** A mount decided down to the host path, ready for the runtime. */
export interface RuntimeMount {
  readonly destination: string;
  readonly type: string;
  readonly source: string;
  readonly options: readonly string[];
}

/** Where output is kept while nobody reads: written by the shim, so it outlives the engine. */
export interface LogTarget {
  readonly driver: "json-file" | "local" | "none";
  readonly path: string;
  readonly maxBytes: number;
  readonly maxFiles: number;
  readonly compress: boolean;
  /** Extra members of each json-file line, for example `"attrs":{"a":"b"}`; empty for none. */
  readonly attrs: string;
}

/** A namespace: a new one, the host's, or the one at a path (another container's, a prepared netns). */
export type NamespaceChoice = { kind: "new" } | { kind: "host" } | { kind: "path"; path: string };

export interface TaskOptions {
  readonly id: ContainerId;
  readonly config: ContainerConfig;
  readonly hostConfig: HostConfig;
  /** Command line with the image's entrypoint applied. */
  readonly command: readonly string[];
  readonly env: readonly string[];
  /** The mounted root file system. */
  readonly rootfs: string;
  /** Volumes, binds, tmpfs and the engine's own files (/etc/hosts …), sorted parents first. */
  readonly mounts: readonly RuntimeMount[];
  readonly hostname: string;
  readonly namespaces: {
    readonly network: NamespaceChoice;
    readonly pid: NamespaceChoice;
    readonly ipc: NamespaceChoice;
    readonly uts: NamespaceChoice;
    readonly cgroup: NamespaceChoice;
  };
  /** Runtime name from the configuration; empty means the default one. */
  readonly runtime: string;
  readonly log: LogTarget;
  /** Output is held back until so many attach connections are there (bounded wait). */
  readonly expectAttached: number;
  /** Put the init program in front of the command (`--init`). */
  readonly init: boolean;
  /** Engine-wide defaults of --default-ulimit; the container's own win. */
  readonly defaultUlimits?: HostConfig["Ulimits"];
  readonly warn: (message: string) => void;
}

/**
 * One live stream between a client and a process, through the shim. Output is Docker's
 * framing (8-byte header per chunk) or, for a terminal, raw bytes. Ends when the process
 * has ended and everything it wrote was delivered.
 */
export interface AttachStream {
  readonly output: ReadableStream<Uint8Array>;
  /** Resolves when the shim took it: slow processes slow the writer. */
  write(stdin: Uint8Array): Promise<void>;
  closeStdin(): void;
  close(): void;
}

export interface AttachOptions {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
}

/** A started process, the container's first or an exec's. */
export interface RunningProcess {
  readonly pid: number;
  /** Settles once, for any number of waiters, and never rejects: an unknown end is code 255. */
  readonly exited: Promise<ExitStatus>;
  attach(options: AttachOptions): Promise<AttachStream>;
  resize(height: number, width: number): Promise<void>;
  signal(signal: number): void;
}

export interface Task extends RunningProcess {
  readonly id: ContainerId;
  readonly terminal: boolean;
  /** Started by the runtime; attach before `started` resolves is what `docker run` does. */
  readonly started: Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  update(limits: HostConfig): Promise<void>;
  /** Pids in the container, host view. */
  pids(): Promise<number[]>;
  stats(): Promise<TaskStats>;
  exec(id: string, options: ExecOptions): Promise<RunningProcess>;
  /** Finds an exec again after an engine restart. */
  loadExec(id: string, terminal: boolean): Promise<RunningProcess | undefined>;
  /** Removes what the runtime keeps of it (state, cgroups), killing what is left. After `exited`. */
  delete(): Promise<void>;
}

export interface ExecOptions {
  readonly config: ExecConfig;
  readonly containerConfig: ContainerConfig;
  readonly hostConfig: HostConfig;
  readonly rootfs: string;
  readonly expectAttached: number;
  /** Height and width of the terminal from the start on. */
  readonly consoleSize?: readonly [number, number];
}

export interface Runtime {
  /**
   * Starts a container. Rejects with Docker's words when the process cannot start:
   * `not_found`-like for a missing executable (CLI exit 127), not executable (126).
   * Returns as soon as the shim listens; `task.started` tells of the runtime's success.
   */
  start(options: TaskOptions): Promise<Task>;
  /** Finds a task again after an engine restart; an ended one has `exited` settled. Undefined: no trace of it. */
  load(id: ContainerId, terminal: boolean): Promise<Task | undefined>;
  /** Removes shims, bundles, cgroups and runtime state of ids that are not wanted. Returns what went. */
  repair(isWanted: (id: string) => boolean): Promise<string[]>;
  /** A file that is there once the container of this id has ended, whether an engine runs or not. */
  endFile(id: ContainerId): string;
  /** The names that may stand in `--runtime`, with their paths. */
  readonly runtimes: Readonly<Record<string, { readonly path: string; readonly args: readonly string[] }>>;
  readonly defaultRuntime: string;
  /** A start or an exec is likely to follow at once: takes a wait of the kernel while the client still talks. */
  warmUp(): void;
  /** Takes another set of runtimes and another default, for starts from now on. */
  reconfigure(runtimes: Readonly<Record<string, RuntimePath>>, defaultRuntime: string): void;
}

export interface RuntimePath {
  readonly path: string;
  readonly args: readonly string[];
}

/** Raw counters, the same for cgroup v1, hybrid and v2; what a kernel does not tell is absent. */
export interface TaskStats {
  readonly read: string;
  readonly cpu: {
    readonly totalNs: number;
    readonly userNs: number;
    readonly systemNs: number;
    readonly perCpuNs?: readonly number[];
    readonly periods: number;
    readonly throttledPeriods: number;
    readonly throttledNs: number;
  };
  readonly memory: {
    readonly usage: number;
    readonly maxUsage?: number;
    /** 0: no limit. */
    readonly limit: number;
    readonly failcnt?: number;
    /** memory.stat as the kernel prints it. */
    readonly detail: Readonly<Record<string, number>>;
  };
  readonly pids: { readonly current: number; readonly limit?: number };
  readonly blkio: {
    readonly serviceBytes: readonly BlkioEntry[];
    readonly serviced: readonly BlkioEntry[];
  };
  readonly cgroupVersion: 1 | 2;
}

export interface BlkioEntry {
  readonly major: number;
  readonly minor: number;
  readonly op: string;
  readonly value: number;
}
