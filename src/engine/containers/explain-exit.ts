import { messageOf } from "../../errors/engine-error.ts";
import { log } from "../../lib/log.ts";
import { millisecondsOf } from "../../lib/timestamp.ts";
import type { ContainerRecord } from "../../records/container-record.ts";
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

export interface ExplainedExit {
  /** A sentence for people about an end that would otherwise be a riddle. */
  readonly lastWords: string | undefined;
  readonly exitCode: number;
}

/**
 * Looks at ends that need a word: killed for memory, or a program that the kernel refused
 * after the runtime had already reported success. The latter's exit code becomes the one
 * that shells and Docker use for it.
 */
export async function explainExit(
  context: EngineContext,
  container: LiveContainer,
  exit: ExitStatus,
): Promise<ExplainedExit> {
  const { record } = container;
  if (exit.oomKilled) return { lastWords: memorySentence(record.hostConfig.Memory), exitCode: exit.code };
  const startedAt = "startedAt" in record.state ? record.state.startedAt : exit.finishedAt;
  const lived = millisecondsOf(exit.finishedAt) - millisecondsOf(startedAt);
  const unexplained = { lastWords: undefined, exitCode: exit.code };
  if (!earlyCodes.has(exit.code) || lived > earlyMs) return unexplained;
  try {
    const exitCode = await refusedProgramCode(context, record);
    if (exitCode === undefined) return unexplained;
    const lastWords = await withView(context, record, async (root) =>
      diagnoseStart({
        rootfs: fdPath(root),
        command: [record.path, ...record.args],
        env: buildEnvironment(record.config, record.config.Hostname),
        cwd: record.config.WorkingDir || "/",
      }),
    );
    return { lastWords, exitCode };
  } catch (error) {
    log.debug(`no explanation: ${messageOf(error)}`, { container: record.id });
    return unexplained;
  }
}

function memorySentence(limit: number): string {
  return limit > 0
    ? `the container ran out of memory (limit ${inMebibytes(limit)}) and the kernel killed a process in it`
    : "the machine ran out of memory and the kernel killed a process in the container";
}

/** crun says ``exec container process (missing dynamic library?) `/x`: No such file or directory``. */
const crunReason = /^exec container process(?: \([^)]*\))?(?: `[^`]*`)?: (.*)$/;

/** 127 or 126 when the last line of output is the runtime's own (`exec PATH: reason`) and not the program's own. */
async function refusedProgramCode(
  context: EngineContext,
  record: ContainerRecord,
): Promise<number | undefined> {
  const path = containerPaths(context, record).log;
  if (path === "") return undefined;
  const [line = ""] = await context.logs(record.hostConfig.LogConfig.Type).lastLines(path, 1);
  const reason = /^exec \S+: (.*)$/.exec(line.trim())?.[1] ?? crunReason.exec(line.trim())?.[1];
  if (reason === undefined) return undefined;
  return /no such file or directory/i.test(reason) ? 127 : 126;
}

function inMebibytes(bytes: number): string {
  return `${Math.round((bytes / 1024 / 1024) * 10) / 10} MiB`;
}
