/** What the engine's configuration says about containers that do not say it themselves. */
export interface ContainerDefaults {
  readonly cgroupVersion: "1" | "2";
  readonly logDriver: string;
  readonly logOptions: Readonly<Record<string, string>>;
  readonly runtime: string;
  readonly shmSize: number;
  readonly ipcMode: string;
  /** Empty for what the cgroup version suggests. */
  readonly cgroupnsMode: "" | "private" | "host";
}
