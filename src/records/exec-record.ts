import type { ContainerId } from "./container-record.ts";

/** An exec instance. They live as long as their container runs, and survive the engine. */
export interface ExecRecord {
  readonly id: string;
  readonly containerId: ContainerId;
  readonly created: string;
  readonly config: ExecConfig;
  readonly state:
    | { readonly status: "created" }
    | { readonly status: "running"; readonly pid: number }
    | { readonly status: "exited"; readonly exitCode: number };
}

export interface ExecConfig {
  readonly attachStdin: boolean;
  readonly attachStdout: boolean;
  readonly attachStderr: boolean;
  readonly detachKeys: string;
  readonly tty: boolean;
  readonly env: readonly string[];
  readonly command: readonly string[];
  readonly privileged: boolean;
  readonly user: string;
  readonly workingDir: string;
}
