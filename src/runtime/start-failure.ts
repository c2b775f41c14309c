import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EngineError } from "../errors/engine-error.ts";

/** What an EngineError of a failed start carries as its cause. */
export interface StartFailure {
  /** 127 not found, 126 not executable, 128 anything else: what the container's exit code becomes. */
  readonly exitCode: number;
  /** A sentence for people, where the file system tells more than the runtime did. */
  readonly diagnosis?: string;
}

export function startFailureOf(error: unknown): StartFailure | undefined {
  const cause = error instanceof EngineError ? error.cause : undefined;
  return typeof cause === "object" && cause !== null && "exitCode" in cause
    ? (cause as StartFailure)
    : undefined;
}

/** The docker CLI finds its own exit code (126, 127) in these words, so they are Docker's. */
export function startError(
  kind: "create" | "exec",
  runtimeName: string,
  runtimeMessage: string,
  program: string,
  diagnosis: string | undefined,
): { error: EngineError; exitCode: number } {
  const reason = normalise(kind, runtimeName, runtimeMessage, program);
  const message =
    kind === "create"
      ? `failed to create task for container: failed to create shim task: OCI runtime create failed: ${reason}: unknown`
      : `OCI runtime exec failed: ${reason}: unknown`;
  const exitCode = exitCodeOf(reason);
  const failure: StartFailure = { exitCode, ...(diagnosis ? { diagnosis } : {}) };
  return {
    error: new EngineError(exitCode === 128 ? "internal" : "invalid_argument", message, failure),
    exitCode,
  };
}

export function exitCodeOf(reason: string): number {
  if (/executable file not found|no such file or directory|system cannot find the file/i.test(reason))
    return 127;
  if (/permission denied|not a directory|is a directory/i.test(reason)) return 126;
  return 128;
}

/** One shape for what runc and crun say, which is runc's as Docker's users know it. */
export function normalise(
  kind: "create" | "exec",
  runtimeName: string,
  message: string,
  program: string,
): string {
  const text = message.trim();
  if (text === "") return `${runtimeName} ended without a reason`;
  if (runtimeName !== "crun") return text.replace(/^runc run failed: /, "runc create failed: ");
  const prefix = kind === "create" ? "crun create failed" : "exec failed";
  const refused = `${prefix}: unable to start container process: exec: ${JSON.stringify(program)}: `;
  if (/^executable file `.*` not found/.test(text)) {
    return (
      refused +
      (program.includes("/")
        ? `stat ${program}: no such file or directory`
        : "executable file not found in $PATH")
    );
  }
  if (/^open executable: (Permission denied|Operation not permitted)/.test(text))
    return `${refused}permission denied`;
  /* The C library's words for an errno begin with a capital, Go's do not. */
  return `${prefix}: ${text.replace(/: ([A-Z])(?=[a-z])/g, (match) => match.toLowerCase())}`;
}

/** The runtime's own account: the last error of its log, else what it printed. */
export function runtimeMessage(directory: string): string {
  const log = textOf(join(directory, "runtime.log"));
  const errors = log
    .split("\n")
    .map(parseLogLine)
    .filter((message) => message !== undefined);
  const last = errors.at(-1);
  if (last) return last;
  return textOf(join(directory, "runtime.stderr")).trim().split("\n").at(-1) ?? "";
}

/** runc writes JSON; crun's text lines begin with the time. */
function parseLogLine(line: string): string | undefined {
  const text = /^\d{4}-\d\d-\d\dT[\d:.]+Z: (.*)$/.exec(line)?.[1];
  if (text !== undefined) return text;
  try {
    const entry: unknown = JSON.parse(line);
    if (typeof entry !== "object" || entry === null) return undefined;
    const { level, msg } = entry as { level?: unknown; msg?: unknown };
    return level === "error" && typeof msg === "string" ? msg : undefined;
  } catch {
    return undefined;
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
