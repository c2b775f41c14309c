import { messageOf } from "../../errors/engine-error.ts";
import { durationText } from "../../lib/duration-text.ts";
import { now } from "../../lib/timestamp.ts";
import type { HealthProbe } from "../../records/container-record.ts";
import type { ExecConfig } from "../../records/exec-record.ts";
import { effectiveHostConfig } from "../containers/effective-host-config.ts";
import { publishContainerEvent } from "../containers/events.ts";
import type { LiveContainer } from "../containers/live-container.ts";
import type { EngineContext } from "../context.ts";
import { askInside } from "./ask-inside.ts";
import type { HealthPlan } from "./health-state.ts";

const sigkill = 9;
const frameHeader = 8;

/** One probe, with its time limit. A probe that cannot be made is a failed one. */
export async function runProbe(
  context: EngineContext,
  container: LiveContainer,
  plan: HealthPlan,
  signal: AbortSignal,
): Promise<HealthProbe> {
  const start = now();
  const limit = AbortSignal.any([signal, AbortSignal.timeout(plan.timeoutMs)]);
  try {
    const { exitCode, output } = await ask(context, container, plan, limit);
    return { start, end: now(), exitCode, output };
  } catch (error) {
    const output = limit.aborted
      ? `Health check exceeded timeout (${durationText(plan.timeoutMs * 1e6)})`
      : messageOf(error);
    return { start, end: now(), exitCode: -1, output };
  }
}

async function ask(
  context: EngineContext,
  container: LiveContainer,
  plan: HealthPlan,
  limit: AbortSignal,
): Promise<{ exitCode: number; output: string }> {
  const { test } = plan;
  switch (test.kind) {
    case "http":
    case "tcp":
      return askInside(context, container, test, limit);
    case "command":
      return runInside(context, container, test.command, limit);
    case "shell": {
      const shell = container.record.config.Shell ?? [];
      const words = shell.length > 0 ? shell : ["/bin/sh", "-c"];
      return runInside(context, container, [...words, test.command], limit);
    }
    default:
      return test satisfies never;
  }
}

async function runInside(
  context: EngineContext,
  container: LiveContainer,
  command: readonly string[],
  limit: AbortSignal,
): Promise<{ exitCode: number; output: string }> {
  const { task, record } = container;
  if (!task) throw new Error("the container does not run");
  const id = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("hex");
  publishContainerEvent(context, container, `exec_create: ${command.join(" ")}`, { execID: id });
  const process = await task.exec(id, {
    config: probeConfig(command),
    containerConfig: record.config,
    hostConfig: effectiveHostConfig(context, record),
    rootfs: context.roots.pathOf(record.id),
    expectAttached: 1,
  });
  publishContainerEvent(context, container, `exec_start: ${command.join(" ")}`, { execID: id });
  const kill = () => process.signal(sigkill);
  limit.addEventListener("abort", kill, { once: true });
  try {
    if (limit.aborted) kill();
    const stream = await process.attach({ stdin: false, stdout: true, stderr: true });
    const output = await textOf(stream.output);
    const { code } = await process.exited;
    limit.throwIfAborted();
    publishContainerEvent(context, container, "exec_die", { execID: id, exitCode: String(code) });
    return { exitCode: code, output };
  } finally {
    limit.removeEventListener("abort", kill);
  }
}

function probeConfig(command: readonly string[]): ExecConfig {
  return {
    attachStdin: false,
    attachStdout: true,
    attachStderr: true,
    detachKeys: "",
    tty: false,
    env: [],
    command,
    privileged: false,
    user: "",
    workingDir: "",
  };
}

/** Takes the framing off; both streams in the order they came, no more than is kept anyway. */
async function textOf(output: ReadableStream<Uint8Array>): Promise<string> {
  const limit = 64 * 1024;
  let framed = new Uint8Array(0);
  for await (const chunk of output) {
    if (framed.length < limit) framed = Buffer.concat([framed, chunk]);
  }
  const parts: Uint8Array[] = [];
  for (let at = 0; at + frameHeader <= framed.length; ) {
    const length = new DataView(framed.buffer, framed.byteOffset + at + 4, 4).getUint32(0);
    parts.push(framed.subarray(at + frameHeader, at + frameHeader + length));
    at += frameHeader + length;
  }
  return Buffer.concat(parts).toString();
}
