import type { ExecConfig, ExecRecord } from "../../records/exec-record.ts";
import type { AttachSession } from "./attach.ts";

export interface ExecView {
  readonly record: ExecRecord;
  readonly containerId: string;
}

export interface ExecService {
  create(container: string, config: ExecConfig): Promise<{ id: string }>;
  inspect(id: string): Promise<ExecView>;
  /** Starts it; with a session unless `detach`. */
  start(
    id: string,
    options: { detach: boolean; tty: boolean; consoleSize?: readonly [number, number] },
  ): Promise<AttachSession | undefined>;
  resize(id: string, height: number, width: number): Promise<void>;
}
