import { EngineError } from "../../../errors/engine-error.ts";
import { flagFailure, readFlags } from "../flags.ts";
import type { Run, RunMount } from "../instruction.ts";
import { originalOf, type Statement, statementRange } from "../statement.ts";
import { readCommand } from "./command-form.ts";
import { parseRunMount } from "./run-mount.ts";

export function readRun(statement: Statement): Run {
  const flags = readFlags(statement, { mount: "list", network: "text", security: "text" });
  const command = readCommand(statement, statement.rest);
  return {
    name: "RUN",
    range: statementRange(statement),
    original: originalOf(statement),
    command,
    heredocs: statement.heredocs,
    mounts: flags.mount.map(({ text, flag }): RunMount => {
      try {
        return parseRunMount(text);
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        throw flagFailure(statement, flag, error.message);
      }
    }),
    network: readChoice(statement, "network", flags.network, ["default", "none", "host"], (value) => {
      return `invalid network mode ${JSON.stringify(value)}`;
    }),
    security: readChoice(statement, "security", flags.security, ["sandbox", "insecure"], (value) => {
      return `security ${JSON.stringify(value)} is not valid`;
    }),
  };
}

/** The first choice is the default. */
function readChoice<const T extends string>(
  statement: Statement,
  name: string,
  value: string | undefined,
  choices: readonly [T, ...T[]],
  message: (value: string) => string,
): T {
  if (value === undefined) return choices[0];
  const choice = choices.find((one) => one === value);
  if (choice !== undefined) return choice;
  const flag = statement.flags.find((one) => one.text.startsWith(`--${name}=`));
  const reason = message(value);
  throw flag === undefined ? new EngineError("internal", reason) : flagFailure(statement, flag, reason);
}
