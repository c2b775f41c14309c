import { EngineError } from "./engine-error.ts";

/** What no content is to blame for: the machine has run out of something, or is broken. */
const words: Readonly<Record<string, string>> = {
  ENOSPC: "no space left on device",
  EDQUOT: "disk quota exceeded",
  EIO: "input/output error",
  EROFS: "read-only file system",
  EMFILE: "too many open files",
  ENFILE: "too many open files in system",
  ENOMEM: "cannot allocate memory",
};

/** The sentence for an errno that is the machine's fault; undefined for all others. */
export function machineFault(code: string | undefined): string | undefined {
  return code === undefined ? undefined : words[code];
}

/** What the disk refused, as an error for people; anything else comes back as it is. */
export function diskFailure(action: string, error: unknown): unknown {
  if (error instanceof EngineError || !(error instanceof Error) || !("code" in error)) return error;
  const fault = machineFault(String(error.code));
  return fault === undefined ? error : new EngineError("internal", `${action}: ${fault}`, error);
}
