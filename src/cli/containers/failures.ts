import { EngineAnswer, messageOf } from "../../errors/engine-error.ts";
import type { Terminal } from "../command.ts";
import { exitCode } from "../exit-code.ts";

/** What a program is told to end with after a container could not be made or started. */
export function startExitCode(error: unknown): number {
  const message = messageOf(error);
  if (
    /executable file not found|no such file or directory|system cannot find the file specified/.test(message)
  ) {
    return exitCode.notFound;
  }
  return /permission denied|is a directory/.test(message) ? exitCode.notExecutable : exitCode.engineFailed;
}

/** The sentence, as the docker program says it of what was asked and of what the engine answered. */
export function failureText(error: unknown): string {
  return `${error instanceof EngineAnswer ? "Error response from daemon: " : ""}${messageOf(error)}`;
}

/** In the layout of failures of `run` and of wrong values of `create`. */
export function tellWithHelp(
  error: unknown,
  program: string,
  command: string,
  terminal: Terminal,
  hint = "",
): void {
  terminal.err(
    `${program}: ${failureText(error)}\n${hint}\nRun '${program} ${command} --help' for more information\n`,
  );
}
