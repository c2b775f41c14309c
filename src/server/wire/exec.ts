import type { ExecView } from "../../engine/services/execs.ts";
import type { Operations } from "../../protocol/generated/types.ts";

export function wireExec({ record, containerId }: ExecView): Operations["ExecInspect"]["responses"][200] {
  const { config, state } = record;
  const [entrypoint = "", ...args] = config.command;
  return {
    ID: record.id,
    Running: state.status === "running",
    // Null says: not ended yet.
    ExitCode: state.status === "exited" ? state.exitCode : null,
    ProcessConfig: {
      tty: config.tty,
      entrypoint,
      arguments: args,
      privileged: config.privileged,
      ...(config.user !== "" && { user: config.user }),
    },
    OpenStdin: config.attachStdin,
    OpenStderr: config.attachStderr,
    OpenStdout: config.attachStdout,
    CanRemove: false,
    ContainerID: containerId,
    DetachKeys: Buffer.from(config.detachKeys).toString("base64"),
    Pid: state.status === "running" ? state.pid : 0,
  };
}
