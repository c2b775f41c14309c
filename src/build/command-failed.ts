import { EngineError, messageOf } from "../errors/engine-error.ts";

/** The command of a RUN that ended with another code than 0, in the classic builder's words. */
export class CommandFailed extends EngineError {
  readonly command: readonly string[];
  readonly exitCode: number;

  constructor(command: readonly string[], exitCode: number) {
    super("internal", `The command '${command.join(" ")}' returned a non-zero code: ${exitCode}`);
    this.name = "CommandFailed";
    this.command = command;
    this.exitCode = exitCode;
  }
}

/** What is said of a failed step: of a command in BuildKit's words. */
export function failureWords(error: unknown): string {
  if (!(error instanceof CommandFailed)) return messageOf(error);
  const { command, exitCode } = error;
  return `process ${JSON.stringify(command.join(" "))} did not complete successfully: exit code: ${exitCode}`;
}
