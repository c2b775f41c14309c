import { isAbsolute, join } from "node:path";
import { invalidArgument, messageOf } from "../../errors/engine-error.ts";
import { compactJson } from "../../lib/compact-json.ts";
import type { HostConfig } from "../../protocol/generated/types.ts";
import type { ClientFiles } from "./container-body.ts";

const openPaths = "systempaths=unconfined";

/** A seccomp profile is a file of the client: its text is sent. */
export function securityOf(
  options: readonly string[],
  workingDir: string,
  files: ClientFiles,
): Pick<HostConfig, "SecurityOpt" | "MaskedPaths" | "ReadonlyPaths"> {
  const kept = options.filter((option) => option !== openPaths);
  return {
    SecurityOpt: kept.map((option) => parse(option, workingDir, files)),
    ...(kept.length < options.length && { MaskedPaths: [], ReadonlyPaths: [] }),
  };
}

function parse(option: string, workingDir: string, files: ClientFiles): string {
  const [, key, value] = /^([^=]*)=(.*)$/s.exec(option) ?? /^([^:]*):(.*)$/s.exec(option) ?? [];
  if (key === undefined && option !== "no-new-privileges") {
    throw invalidArgument(`invalid security-opt: ${JSON.stringify(option)}`);
  }
  if (key !== "seccomp" || value === undefined || value === "unconfined" || value === "builtin") {
    return option;
  }
  let text: string;
  try {
    text = files.readText(isAbsolute(value) ? value : join(workingDir, value));
  } catch (error) {
    throw invalidArgument(`opening seccomp profile (${value}) failed: ${messageOf(error)}`, error);
  }
  try {
    return `seccomp=${compactJson(text)}`;
  } catch (error) {
    throw invalidArgument(
      `compacting json for seccomp profile (${value}) failed: ${messageOf(error)}`,
      error,
    );
  }
}
