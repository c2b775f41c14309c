import { messageOf } from "../../errors/engine-error.ts";
import { log } from "../../lib/log.ts";
import { millisecondsOf } from "../../lib/timestamp.ts";
import { diagnoseStart } from "../../runtime/diagnose-start.ts";
import type { ExitStatus } from "../../runtime/runtime.ts";
import { fdPath } from "../../sys/rooted-path.ts";
import type { EngineContext } from "../context.ts";
import { containerPaths } from "./directories.ts";
import { withView } from "./files/service.ts";
import type { LiveContainer } from "./live-container.ts";
import { buildEnvironment } from "./merge-config.ts";

/** A process that lived longer than this was started all right. */
const earlyMs = 2_000;
/** What the runtime's own process ends with when it cannot become the program. */
const earlyCodes = new Set([1, 126, 127, 255]);

/**
 * A sentence for people about an end that would otherwise be a riddle: killed for memory,
 * or a program that the kernel refused after the runtime had already reported success.
 */
export async function explainExit(
  context: EngineContext,
  container: LiveContainer,
  exit: ExitStatus,
): Promise<string | undefined> {
  const { record } = container;
  if (exit.oomKilled) {
    const limit = record.hostConfig.Memory;
    return limit > 0
      ? `the container ran out of memory (limit ${inMebibytes(limit)}) and the kernel killed a process in it`
      : "the machine ran out of memory and the kernel killed a process in the container";
  }
  const startedAt = "startedAt" in record.state ? record.state.startedAt : exit.finishedAt;
  const lived = millisecondsOf(exit.finishedAt) - millisecondsOf(startedAt);
  if (!earlyCodes.has(exit.code) || lived > earlyMs) return undefined;
  try {
    if (!(await runtimeGaveUp(context, container))) return undefined;
    return await withView(context, record, async (root) =>
      diagnoseStart({
        rootfs: fdPath(root),
        command: [record.path, ...record.args],
        env: buildEnvironment(record.config, record.config.Hostname),
        cwd: record.config.WorkingDir || "/",
      }),
    );
  } catch (error) {
    log.debug(`no explanation: ${messageOf(error)}`, { container: record.id });
    return undefined;
  }
}

/** Its last line is the runtime's `exec PATH: reason`, not the program's own. */
async function runtimeGaveUp(context: EngineContext, container: LiveContainer): Promise<boolean> {
  const { record } = container;
  const path = containerPaths(context, record).log;
  if (path === "") return false;
  const [line = ""] = await context.logs(record.hostConfig.LogConfig.Type).lastLines(path, 1);
  return /^exec \S+: /.test(line) || /exec: ".*": /.test(line);
}

function inMebibytes(bytes: number): string {
  return `${Math.round((bytes / 1024 / 1024) * 10) / 10} MiB`;
}
