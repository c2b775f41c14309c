/** What use cases ask of the machine itself; `sys/` answers in production. */
export interface Host {
  /** CPU time of the whole machine since boot, for CPU percentages. */
  systemCpuNs(): number;
  ps(args: readonly string[]): Promise<{ exitCode: number; stdout: string; stderr: string }>;
  facts(): Promise<HostFacts>;
  openFileDescriptors(): number;
  ipv4Forwarding(): boolean;
  /** First line of `runtime --version`, remembered per path. */
  runtimeVersion(path: string): Promise<string>;
}

export interface HostFacts {
  readonly kernelVersion: string;
  readonly operatingSystem: string;
  readonly osVersion: string;
  readonly cpus: number;
  readonly memory: number;
  readonly cgroupVersion: "1" | "2";
  readonly cgroupControllers: ReadonlySet<string>;
  readonly swapLimit: boolean;
  readonly apparmor: boolean;
  readonly seccomp: boolean;
  readonly filesystem: string;
}
