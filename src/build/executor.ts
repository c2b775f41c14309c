/** Runs one process of a build in a container of its own. `main/` makes it from the runtime and the network. */
export interface Executor {
  /** Resolves with the exit code when the process and everything it started is gone. Aborting kills it at once. */
  run(process: BuildProcess, signal: AbortSignal): Promise<number>;
  /** Takes back what is kept ready for the next process. */
  close(): Promise<void>;
}

export interface BuildProcess {
  /** The mounted root, writable. */
  readonly rootfs: string;
  readonly command: readonly string[];
  readonly env: readonly string[];
  readonly workingDirectory: string;
  readonly user: string;
  readonly network: "default" | "none" | "host" | { readonly name: string };
  /** RUN --security=insecure: all capabilities, no seccomp. */
  readonly insecure: boolean;
  readonly mounts: readonly ProcessMount[];
  readonly hosts: readonly { readonly name: string; readonly address: string }[];
  readonly limits: ProcessLimits;
  onOutput(stream: 1 | 2, bytes: Uint8Array): void;
  /** Present: a terminal and its keys, for `--on-error=shell`. */
  readonly terminal?: ProcessTerminal;
}

export interface ProcessMount {
  readonly type: "bind" | "tmpfs";
  readonly target: string;
  /** Of a bind: a path of the host. */
  readonly source?: string;
  readonly readonly: boolean;
  /** Of a tmpfs: bytes. */
  readonly size?: number;
}

export interface ProcessTerminal {
  readonly input: ReadableStream<Uint8Array>;
  readonly size?: readonly [height: number, width: number];
  readonly resizes: AsyncIterable<readonly [height: number, width: number]>;
}

/** What `docker build` can limit; 0 or absent: no limit. */
export interface ProcessLimits {
  readonly shmSize?: number;
  readonly memory?: number;
  readonly memorySwap?: number;
  readonly cpuShares?: number;
  readonly cpuPeriod?: number;
  readonly cpuQuota?: number;
  readonly cpusetCpus?: string;
  readonly cpusetMems?: string;
  readonly cgroupParent?: string;
  readonly ulimits?: readonly { readonly Name: string; readonly Soft: number; readonly Hard: number }[];
}
